import { userInfo } from 'node:os';
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
import { chooseAgent, type DemoAgent, startAgent } from './demo-agent.ts';
import { askAtTerminal, decideAlone, type Decider } from './demo-decisions.ts';
import type { DemoKind } from './demo-kind.ts';
import { demoEnvironment, type DemoPlace, demoPlace, projectRoot } from './demo-place.ts';
import { approvalLines, type Shown } from './demo-lines.ts';
import { watchAndDecide, type Watching } from './demo-watch.ts';
import { type DevServer, startDevServer } from './dev-server.ts';
import { freePort, isFree } from './free-port.ts';
import { answers, configuredServer } from './running-server.ts';
import { runProgram, say, SetupError } from './setup-error.ts';
import { signInLink } from './sign-in-link.ts';
import { type Stack, startStack } from './stack.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruptedExitCode = 130;
/** Where Temporal's own dev server puts its Web UI. */
const uiPortOffset = 1_000;
/** Nobody is there to mend what an unattended demo waits for; a model server under load gets this long. */
const unattendedPatienceMs = 300_000;

/** A worker that has just started, or is busy, may take a while to answer. */
const silenceMs = 20_000;

/** What an agent may give as its result, as far as the demo reads it. */
const Result = z.union([z.string(), z.object({ summary: z.string().optional() })]);

/** What was started, in order, to be stopped in the opposite one. */
const started: { stop: () => Promise<void> }[] = [];
let stopping: Promise<void> | undefined;

function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const each of started.toReversed()) await each.stop();
  })();
  return stopping;
}

async function demo(kind: DemoKind, env: NodeJS.ProcessEnv): Promise<void> {
  const interrupted = new AbortController();
  // While starting, ending at once is safe: what is already started ends with this process.
  let isUp = false;
  for (const signal of stopSignals)
    process.on(signal, () => {
      // A second one means "now"; then, too, the children end with this process.
      if (!isUp || interrupted.signal.aborted) process.exit(interruptedExitCode);
      interrupted.abort();
    });
  const place = demoPlace(env, kind);
  try {
    const running = await start(kind, place, env);
    isUp = true;
    const outcome = await accompany(running, interrupted.signal);
    await stopAll();
    if (outcome === undefined) leave(kind, running.agent);
    else conclude(kind, place, outcome);
  } catch (error) {
    await stopAll();
    if (interrupted.signal.aborted) process.exitCode = interruptedExitCode;
    else if (error instanceof GatewayError) throw new SetupError(`${error.message} ${error.help}`);
    else throw error;
  }
}

interface Running {
  readonly kind: DemoKind;
  readonly stack: Stack;
  readonly gateway: Gateway;
  readonly agent: DemoAgent;
  /** The dev server, unless one was running already. */
  readonly own: DevServer | undefined;
}

/** The agent is chosen while nobody works yet: it may be that files have to be put aside for it. */
async function start(kind: DemoKind, place: DemoPlace, given: NodeJS.ProcessEnv): Promise<Running> {
  say('Starting ...');
  const server = configuredServer(given);
  const own = (await answers(server)) ? undefined : await startOwnServer(place, server);
  const env: NodeJS.ProcessEnv = {
    ...(await demoEnvironment(given, place)),
    ...(own ? ownServer(own) : { PERDURE_TASK_QUEUE: place.sharedTaskQueue }),
  };
  const connected: Connected = await connect(connectionSettings(env));
  const gateway = new Gateway(connected.client, { taskQueue: env['PERDURE_TASK_QUEUE'] ?? 'perdure' });
  const agent = await chooseAgent(gateway, connected, { kind, place }, own !== undefined);
  const stack = await startStack({ dataDir: place.dataDir, env, withAdmin: true });
  started.push(stack);
  if (!agent.resumed) await startAgent(gateway, kind, agent);
  const running = { kind, stack, gateway, agent, own };
  announce(running, place);
  return running;
}

/** Where the processes of the stack find it, and where the pages link to. */
function ownServer({ address, uiAddress }: DevServer): NodeJS.ProcessEnv {
  return {
    TEMPORAL_ADDRESS: address,
    ...(uiAddress === undefined ? {} : { PERDURE_TEMPORAL_UI_URL: uiAddress }),
  };
}

async function startOwnServer(
  { dataDir }: DemoPlace,
  { port, namespace }: { port: number; namespace: string },
): Promise<DevServer> {
  const usual = port + uiPortOffset;
  const uiPort = usual < 65_536 && (await isFree(usual)) ? usual : await freePort();
  const own = await startDevServer({
    dbFilename: join(dataDir, 'temporal.db'),
    ...{ port, uiPort, namespace },
    logFile: join(dataDir, 'logs', 'temporal.log'),
  });
  started.push(own);
  return own;
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
  const { kind, stack, gateway, agent, own } = running;
  const unattended = process.env['DEMO_UNATTENDED'] === '1';
  const attended = !unattended && process.stdin.isTTY && process.stdout.isTTY;
  const shown: Shown = {
    agent: agent.id,
    command: kind.command,
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
    by: unattended ? 'demo' : userInfo().username,
    decide: deciderFor({ attended, unattended }),
    colors: pc.createColors(pc.isColorSupported),
    onApproval,
    check: checkOf(running, unattended),
    signal,
  });
  // Whoever interrupts does not wait for an answer that is still on its way; what it says does not matter any more.
  const hasEnded = await Promise.race([watching, abortOf(signal)]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return false;
  });
  return hasEnded ? gateway.result(agent.id) : undefined;
}

function abortOf(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(false);
    });
  });
}

function deciderFor({ attended, unattended }: { attended: boolean; unattended: boolean }): Decider {
  if (unattended) return decideAlone;
  return attended ? askAtTerminal : () => Promise.resolve('later');
}

/** Notices what no waiting will mend: a process that has ended, or an agent that waits for somebody who never comes. */
function checkOf({ stack, own }: Running, unattended: boolean): Watching['check'] {
  const children = [...(own ? [own.child] : []), ...stack.children];
  let answeredAt = Date.now();
  let silenceSaid = false;
  return (status) => {
    const ended = children.find((child) => child.exit() !== undefined);
    if (ended) throw new SetupError(`The ${ended.name} stopped: ${ended.lastLines() || 'it said nothing'}`);
    if (status !== undefined) answeredAt = Date.now();
    const silentMs = Date.now() - answeredAt;
    if (silentMs > silenceMs && !silenceSaid)
      say(`The worker does not answer; its log is in ${stack.logsDir}`);
    silenceSaid = silentMs > silenceMs;
    if (!unattended) return;
    if (silentMs > unattendedPatienceMs) throw new SetupError('The worker did not answer any more.');
    // Approvals are decided here, so what waits for long waits for something else.
    const [waiting] = status?.status === 'waiting' ? status.interruptions : [];
    if (!waiting || Date.now() - Date.parse(waiting.since) < unattendedPatienceMs) return;
    throw new SetupError(`The agent waits for ${waiting.kind} and nobody attends: ${waiting.summary}`);
  };
}

function leave({ command }: DemoKind, { id }: DemoAgent): void {
  say('');
  say(`Everything is stopped, and ${id} is kept. Run "${command}" again: it goes on where it was.`);
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
  await runProgram((env) => demo(kind, env));
  // Whoever interrupts may do so while a question to the server is on its way; to close its connection under it would
  // throw. So the connection is left to the end of the process, which nothing else holds up any more.
  process.exit();
}
