/** `make dev`: the whole stack in the foreground, with the worker's log on the terminal, until Ctrl-C. */
import { dirname, join, resolve } from 'node:path';
import { isClaimed } from './claim-port.ts';
import { followFile } from './follow-file.ts';
import { abortOf, interruption } from './interruption.ts';
import { configuredServer } from './running-server.ts';
import { SetupError, runProgram, say } from './setup-error.ts';
import { signInLink } from './sign-in-link.ts';
import { type Stack, startStack } from './stack.ts';

const projectRoot = dirname(import.meta.dirname);

async function dev(env: NodeJS.ProcessEnv, unread: AbortSignal): Promise<void> {
  const interrupted = interruption(unread);
  refuseDemoServer(env);
  const dataDir = resolve(env['PERDURE_DATA_DIR'] ?? join(projectRoot, '.perdure'));
  const stopFollowing = followFile(join(dataDir, 'logs', 'worker.log'), (text) => process.stdout.write(text));
  try {
    // The worker writes to a file, which is copied here: how it is read is known here alone.
    const workerEnv = process.stdout.isTTY && env['LOG_FORMAT'] === undefined ? { LOG_FORMAT: 'pretty' } : {};
    const stack = await startStack({ dataDir, env, withAdmin: true, workerEnv });
    interrupted.upNow();
    announce(stack, dataDir);
    const ended = await Promise.race([abortOf(interrupted.signal), stack.firstExit]);
    const exit = ended?.exit();
    say(ended === undefined ? 'Stopping ...' : `The ${ended.name} stopped by itself; stopping the rest.`);
    await stack.stop();
    if (ended === undefined) return;
    const how = exit?.signal ?? `exit code ${exit?.code ?? 'unknown'}`;
    throw new SetupError(`The ${ended.name} stopped (${how}): ${ended.lastLines() || 'it said nothing'}`);
  } finally {
    stopFollowing();
  }
}

/** A demo's agents are on that server, with files of their own, and it ends with the demo. */
function refuseDemoServer(env: NodeJS.ProcessEnv): void {
  const { port, isChosen, isUsual } = configuredServer(env);
  if (!isChosen && isUsual && isClaimed(port))
    throw new SetupError(
      `A demo runs, with a Temporal server of its own at ${port} that ends with it: wait for its end, or set TEMPORAL_ADDRESS=127.0.0.1:<another port>.`,
    );
}

function announce(stack: Stack, dataDir: string): void {
  say(
    `Temporal   ${stack.address}${stack.uiAddress === undefined ? ' (was running already)' : `, Web UI ${stack.uiAddress}`}`,
  );
  if (stack.simulatorUrl !== undefined) say(`Simulator  ${stack.simulatorUrl} (no model is configured)`);
  if (stack.adminUrl !== undefined)
    say(`Admin      ${signInLink(dataDir, stack.adminUrl)} (signs you in once)`);
  say(`Logs       ${stack.logsDir}`);
  say('Ready. Ctrl-C stops everything.');
}

await runProgram(dev);
