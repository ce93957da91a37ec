import type { Command } from 'commander';
import type { StatusDocument } from '../../contracts/status.ts';
import { type TimelineItem, TimelineKind } from '../../contracts/timeline.ts';
import { familyTree, type FamilyTree } from '../family-tree.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Trouble } from '../trouble.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { agentView } from './view/agent-view.ts';
import { timelineLines } from './view/timeline-view.ts';
import { treeLines } from './view/tree-view.ts';
import { troubleLines, why, whyView } from './view/why-view.ts';

/** What fits below the state on a screen; `timeline` has all of it. */
const MAX_RECENT = 10;
/** Changes of status say what the lines around them show. */
const RECENT_KINDS = TimelineKind.options.filter((kind) => kind !== 'transition' && kind !== 'gap');

export function registerShow(program: Command, run: Run): void {
  program
    .command('show <id>')
    .description(
      'the state of an agent and what happened last, or its checkpoint <id>@<turn> and what its turn did',
    )
    .addHelpText('after', examples('perdure show a1', 'perdure show a1 --json', 'perdure show a1@3'))
    .action((id: string) =>
      run(async (session) => {
        const checkpoint = checkpointOf(id);
        if (checkpoint && !(await isAgent(session, id))) return showCheckpoint(session, checkpoint);
        const { status, trouble } = await lookAt(session, id);
        const recent = await recentItems(session, status);
        const tree = status.children ? await treeBelow(session, status) : undefined;
        const data = { ...status, ...(trouble ? { trouble } : {}), ...(tree ? { tree } : {}), recent };
        session.out.data(data, () => {
          const lines = trouble
            ? [session.out.colors.red("can't move:"), ...troubleLines(trouble, Date.now())]
            : [];
          const below = tree ? ['  agents below', ...treeLines(tree, '    ')] : [];
          const lately = recentLines(recent, session);
          return [...lines, agentView(status, Date.now(), session.out.colors), ...below, ...lately].join(
            '\n',
          );
        });
        return undefined;
      }),
    );
  program
    .command('why <id>')
    .description('what an agent waits for, since and until when, and the exact lines that unblock it')
    .addHelpText('after', examples('perdure why a1'))
    .action((id: string) =>
      run(async (session) => {
        const { status, trouble } = await lookAt(session, id);
        const view = why(status, { by: session.user, flags: session.repeatedFlags }, trouble);
        session.out.data(view, () => whyView(view, Date.now()));
        return undefined;
      }),
    );
}

/** What the agent says of itself, and what the server knows that it can't. */
async function lookAt(session: Session, id: string): Promise<{ status: StatusDocument; trouble?: Trouble }> {
  const gateway = await session.gateway();
  const [status, trouble] = await Promise.all([
    gateway.status(id),
    gateway.trouble(id, session.repeatedFlags),
  ]);
  return trouble ? { status, trouble } : { status };
}

/** The end of the timeline. Its state is known without it, so a history that can't be read is only missing here. */
async function recentItems(session: Session, { agent, turn }: StatusDocument): Promise<TimelineItem[]> {
  try {
    const range = { from: Math.max(0, turn - 1), kinds: RECENT_KINDS };
    return (await (await session.gateway()).timeline(agent, range)).items.slice(-MAX_RECENT);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    session.out.note(`What happened last can't be shown: ${error.message}`);
    return [];
  }
}

function recentLines(items: readonly TimelineItem[], { out: { colors } }: Session): string[] {
  if (items.length === 0) return [];
  return ['  lately', ...timelineLines(items, colors).map((line) => `    ${line}`)];
}

async function treeBelow(session: Session, status: StatusDocument): Promise<FamilyTree> {
  const gateway = await session.gateway();
  return familyTree(status, (agent) => gateway.status(agent));
}

/** `<agent id>@<turn>`, unless it is the id of an agent. */
function checkpointOf(id: string): { agent: string; turn: number } | undefined {
  const [, agent, turn] = /^(.+)@(\d{1,9})$/s.exec(id) ?? [];
  return agent === undefined ? undefined : { agent, turn: Number(turn) };
}

async function isAgent(session: Session, id: string): Promise<boolean> {
  const gateway = await session.gateway();
  try {
    await gateway.pulse(id);
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.type === 'NotFound') return false;
    throw error;
  }
}

async function showCheckpoint(
  session: Session,
  { agent, turn }: { agent: string; turn: number },
): Promise<undefined> {
  const gateway = await session.gateway();
  const state = await gateway.stateAt(agent, turn);
  const { items } = await gateway.timeline(agent, { from: turn, to: turn });
  const { statusDocument } = await import('../../core/status-document.ts');
  session.out.data(state, () => {
    const view = agentView(statusDocument(state), Date.now(), session.out.colors);
    const lines = timelineLines(items, session.out.colors).map((line) => `    ${line}`);
    return [view, `  in turn ${turn}`, ...lines].join('\n');
  });
  return undefined;
}
