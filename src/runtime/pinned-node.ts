/**
 * Starts an entry point on the Node version that this package pins. It must itself run on older ones: it imports
 * nothing else of ours and uses nothing that came after Node 18.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;

/** Says to a child that its parent holds an IPC channel, so that it can end with its parent. */
const marker = 'PERDURE_LAUNCHED';

/** The terminal sends these to the launcher and the child alike; a SIGTERM comes to the launcher alone. */
const terminalSignals = ['SIGINT', 'SIGHUP'] as const;

/** The terminal's own copy of a signal has certainly arrived after this time; nobody notices the wait. */
const copyArrivesWithinMs = 100;

/**
 * Runs `main` here if this Node is new enough. If not, starts the same script with the same arguments on the pinned
 * one, hands on signals, and ends the way it ends. If the launcher is killed, the child ends at once too.
 * `namesSource`: whether stacks of what was built name the lines of its source.
 */
export async function runOnPinnedNode(
  main: () => Promise<unknown>,
  { namesSource = false }: { readonly namesSource?: boolean } = {},
): Promise<void> {
  const launched = process.env[marker] === '1';
  // A child of ours may start processes with channels of their own; they have another parent.
  Reflect.deleteProperty(process.env, marker);
  const isNewEnough = Number.parseInt(process.versions.node, 10) >= oldestMajor;
  if (!isNewEnough) {
    launch(launched ? undefined : pinnedNode());
    return;
  }
  if (launched && process.channel !== undefined) followParent();
  await prepareBuilt(namesSource);
  await main();
}

/**
 * A good part of every start is compiling what was compiled the last time; where nothing can be written, nothing is kept. If so
 * told, stacks name the lines of the source; the first one that is looked at then takes as long as a command does, and the maps stay
 * in memory.
 */
async function prepareBuilt(namesSource: boolean): Promise<void> {
  if (!import.meta.url.endsWith('.js')) return;
  // Imported here, because older versions of Node lack them. Beside the code: who may write there may change the code as well.
  const { enableCompileCache, setSourceMapsSupport } = await import('node:module');
  enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
  // Whoever has asked Node itself for it keeps it.
  if (namesSource) setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
}

/** The environment for starting an entry point with an IPC channel, so that it ends when the starting process does. */
export function launchedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, [marker]: '1' };
}

/** Looks from this file upwards, as Node looks for a package: our own node_modules, or those of whoever installed us. */
function pinnedNode(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', 'node');
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      folder = dirname(folder);
    }
  }
  return undefined;
}

function launch(node: string | undefined): void {
  if (node === undefined) {
    fail('the npm package "node" that brings it is not installed');
    return;
  }
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: launchedEnvironment(process.env),
  });
  const handOn = (): unknown => child.kill('SIGTERM');
  const listeners = terminalSignals.map((signal) => {
    const tell = (): void => {
      if (child.connected) child.send(signal);
    };
    process.on(signal, tell);
    return { signal, tell };
  });
  process.on('SIGTERM', handOn);
  child.once('error', (error) => {
    fail(`${node} can't be started (${error.message})`);
  });
  child.once('exit', (code, signal) => {
    process.off('SIGTERM', handOn);
    for (const { signal: name, tell } of listeners) process.off(name, tell);
    if (signal === null) process.exitCode = code ?? 1;
    else process.kill(process.pid, signal);
  });
}

function fail(reason: string): void {
  process.stderr.write(
    `perdure needs Node ${oldestMajor} or newer, this is ${process.version}, and ${reason}: ` +
      `run "npm install" (with install scripts allowed for "node"), or start it with a newer Node.\n`,
  );
  process.exitCode = 1;
}

/**
 * Ends this process when its launcher is gone, and takes the launcher's signals unless the terminal has sent the
 * same one here already: a second Ctrl-C would mean "now" to a process that is stopping in good order.
 */
function followParent(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  for (const signal of terminalSignals) takeEachOnce(signal);
  // Listening holds the channel open; a process whose work is done must still be able to end.
  process.channel?.unref();
}

function takeEachOnce(signal: NodeJS.Signals): void {
  let received = 0;
  let announced = 0;
  const note = (): void => {
    received += 1;
    if (process.listenerCount(signal) > 1) return;
    // Nobody else listens: without this listener the signal would have ended the process.
    process.off(signal, note);
    process.kill(process.pid, signal);
  };
  process.prependListener(signal, note);
  process.on('message', (message) => {
    if (message !== signal) return;
    announced += 1;
    const expected = announced;
    setTimeout(() => {
      if (received < expected) process.kill(process.pid, signal);
    }, copyArrivesWithinMs).unref();
  });
}
