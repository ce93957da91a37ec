import { join, relative } from 'node:path';
import pc from 'picocolors';
import * as z from 'zod';
import { connect, type Connected, connectionSettings } from '../src/client/connection.ts';
import { Gateway } from '../src/client/gateway.ts';
import { GatewayError } from '../src/client/gateway-error.ts';
import { outcomeView } from '../src/client/cli/outcome.ts';
import { clean } from '../src/client/cli/view/text.ts';
import type { Outcome } from '../src/contracts/state.ts';
import type { ApprovalView } from '../src/contracts/status.ts';
import { accountName } from '../src/runtime/account-name.ts';
import { chooseAgent, type DemoAgent, startAgent } from './demo-agent.ts';
import { checkOf } from './demo-check.ts';
import { askAtTerminal, decideAlone, type Decider } from './demo-decisions.ts';
import type { DemoKind } from './demo-kind.ts';
import { demoEnvironment, type DemoPlace, demoPlace, projectRoot } from './demo-place.ts';
import { againLine, approvalLines, type Shown } from './demo-lines.ts';
import { startOwnServer } from './demo-server.ts';
import { watchAndDecide } from './demo-watch.ts';
import type { DevServer } from './dev-server.ts';
import { hold } from './hold.ts';
import { abortOf, interruptedExitCode, interruption } from './interruption.ts';
import { runProgram, say, SetupError } from './setup-error.ts';
import { signInLink } from './sign-in-link.ts';
import { type Stack, startStack } from './stack.ts';

/** What an agent may give as its result, as far as the demo reads it. */
const Result = z.union([z.string(), z.object({ summary: z.string().optional() })]);

/** What was started, in order, to be stopped in the opposite one. */
const started: { stop: () => Promise<void> | void }[] = [];
let stopping: Promise<void> | undefined;

function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const each of started.toReversed()) await each.stop();
  })();
  return stopping;
}

async function demo(kind: DemoKind, env: NodeJS.ProcessEnv, unread: AbortSignal): Promise<void> {
  const interrupted = interruption(unread);
  const place = demoPlace(env, kind);
  try {
    const running = await start(kind, place, env);
    interrupted.upNow();
    const outcome = await accompany(running, interrupted.signal);
    await stopAll();
    if (outcome === undefined) leave(running);
    else conclude(kind, place, outcome);
  } catch (error) {
    await stopAll();
    if (interrupted.signal.aborted) process.exitCode = interruptedExitCode;
    else if (error instanceof GatewayError) throw new SetupError(`${error.message} ${error.help}`);
    else throw error;
  }
}

interface Running {
  /** The line that runs it again. */
  readonly again: string;
  readonly stack: Stack;
  readonly gateway: Gateway;
  readonly agent: DemoAgent;
  /** The dev server, unless one was running already. */
  readonly own: DevServer | undefined;
}

/** The agent is chosen while nobody works yet: it may be that files have to be put aside for it. */
async function start(kind: DemoKind, place: DemoPlace, given: NodeJS.ProcessEnv): Promise<Running> {
  say('Starting ...');
  holdFolder(kind, place);
  // Ports and the like are looked at first: what is wrong with them is said at once.
  const configured = await demoEnvironment(given, place);
  const own = await startOwnServer(place, given);
  if (own) started.push(own);
  const found = { ...configured, ...(own ? ownServer(own) : {}) };
  const { client }: Connected = await connect(connectionSettings(found));
  const taskQueue = own ? place.ownTaskQueue : place.taskQueue;
  const gateway = new Gateway(client, { taskQueue });
  const agent = await chooseAgent(gateway, { kind, place, taskQueue });
  const env = { ...found, PERDURE_TASK_QUEUE: agent.taskQueue };
  const stack = await startStack({ dataDir: place.dataDir, env, withAdmin: true });
  started.push(stack);
  if (!agent.resumed) await startAgent(gateway, kind, agent);
  const running = { again: againLine(kind.command, given), stack, gateway, agent, own };
  announce(running, place);
  return running;
}

/** Two demos with one folder would have one ledger, and one database with two servers. */
function holdFolder({ command }: DemoKind, { dataDir }: DemoPlace): void {
  const held = hold(join(dataDir, 'demo.lock'));
  if (held === undefined)
    throw new SetupError(
      `"${command}" runs already with ${dataDir}: look at that one, or set PERDURE_DATA_DIR to another folder.`,
    );
  started.push({ stop: held.letGo });
}

/** Where the processes of the stack find it, and where the pages link to. */
function ownServer({ address, uiAddress }: DevServer): NodeJS.ProcessEnv {
  return {
    TEMPORAL_ADDRESS: address,
    ...(uiAddress === undefined ? {} : { PERDURE_TEMPORAL_UI_URL: uiAddress }),
  };
}

function announce({ stack, agent, own }: Running, { workspace, dataDir }: DemoPlace): void {
  const { id, resumed, prepared } = agent;
  say(
    `Temporal    ${stack.address}${own?.uiAddress === undefined ? ' (was running already)' : `, Web UI ${own.uiAddress}`}`,
  );
  say(
    stack.simulatorUrl === undefined
      ? 'Model       as your OPENAI_* variables say'
      : `Model       none is configured: the simulator at ${stack.simulatorUrl} plays it by hand-written rules`,
  );
  if (stack.adminUrl !== undefined)
    say(`Admin       ${signInLink(dataDir, stack.adminUrl)} (signs you in once)`);
  say(`Input       ${workspace}`);
  say(`Commands    perdure is "node ${cli()}" here`);
  for (const line of prepared) say(line);
  say(`Agent       ${id}${resumed ? ', which was interrupted, goes on' : ''}`);
  say('');
}

/** Undefined when the person leaves before the agent has ended. */
async function accompany(running: Running, signal: AbortSignal): Promise<Outcome | undefined> {
  const { again, stack, gateway, agent, own } = running;
  const unattended = process.env['DEMO_UNATTENDED'] === '1';
  const attended = !unattended && process.stdin.isTTY && process.stdout.isTTY;
  const shown: Shown = {
    agent: agent.id,
    again,
    uiAddress: own?.uiAddress,
    env: stack.env,
    decidedElsewhere: !attended && !unattended,
  };
  let isFirst = true;
  const onApproval = (approval: ApprovalView): void => {
    process.stdout.write(`${approvalLines(approval, shown, isFirst).join('\n')}\n`);
    isFirst = false;
  };
  const watching = watchAndDecide({
    gateway,
    agent: agent.id,
    by: unattended ? 'demo' : accountName(),
    decide: deciderFor({ attended, unattended }),
    colors: pc.createColors(pc.isColorSupported),
    onApproval,
    check: checkOf({
      children: [...(own ? [own.child] : []), ...stack.children],
      ...{ logsDir: stack.logsDir, unattended },
    }),
    signal,
  });
  // Whoever interrupts does not wait for an answer that is still on its way; what it says does not matter any more.
  const outcome = watching.then((hasEnded) => (hasEnded ? gateway.result(agent.id) : undefined));
  return Promise.race([outcome, abortOf(signal).then(() => undefined)]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
}

function deciderFor({ attended, unattended }: { attended: boolean; unattended: boolean }): Decider {
  if (unattended) return decideAlone;
  return attended ? askAtTerminal : () => Promise.resolve('later');
}

function leave({ again, agent }: Running): void {
  say('');
  say(`Everything is stopped, and ${agent.id} is kept. Run "${again}" again: it goes on where it was.`);
  process.exitCode = interruptedExitCode;
}

function conclude(kind: DemoKind, place: DemoPlace, outcome: Outcome): void {
  process.stdout.write(`\n${endingLine(outcome)}\n\n${kind.summary(place, outcome)}\n`);
  if (outcome.status === 'completed') {
    say(
      '\nUse a real model: set OPENAI_API_KEY (and OPENAI_BASE_URL for a server of your own), and run it again.',
    );
    return;
  }
  say(
    `\nThe agent did not complete. "perdure doctor" (node ${cli()} doctor, while "make dev" runs) says what is missing.`,
  );
  process.exitCode = 1;
}

function cli(): string {
  return relative(process.cwd(), join(projectRoot, 'dist/client/cli/main.js'));
}

/** The whole result is in the report; what is shown is the sentence that sums it up, if the agent wrote one. */
function endingLine(outcome: Outcome): string {
  const colors = pc.createColors(pc.isColorSupported);
  if (outcome.status !== 'completed') return outcomeView(outcome, colors);
  const said = Result.safeParse(outcome.result).data;
  const text = typeof said === 'string' ? said : said?.summary;
  return `${colors.green('completed')}${text === undefined ? '' : ` ${clean(text)}`}`;
}

/** Runs a demo from its first step to its end, and this process with it. */
export async function runDemo(kind: DemoKind): Promise<never> {
  await runProgram((env, unread) => demo(kind, env, unread));
  // Whoever interrupts may do so while a question to the server is on its way; to close its connection under it would
  // throw. So the connection is left to the end of the process, which nothing else holds up any more.
  process.exit();
}
