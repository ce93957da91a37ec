import type { Command } from 'commander';
import { statusDocument } from '../../core/status-document.ts';
import type { StatusDocument } from '../../contracts/status.ts';
import { familyTree, type FamilyTree } from '../family-tree.ts';
import type { Trouble } from '../trouble.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { agentView } from './view/agent-view.ts';
import { treeLines } from './view/tree-view.ts';
import { troubleLines, why, whyView } from './view/why-view.ts';

export function registerShow(program: Command, run: Run): void {
  program
    .command('show <id>')
    .description('the state of an agent, or of its checkpoint <id>@<turn>: status, budget, waits, result')
    .addHelpText('after', examples('perdure show a1', 'perdure show a1 --json', 'perdure show a1@3'))
    .action((id: string) =>
      run(async (session) => {
        const checkpoint = checkpointOf(id);
        if (checkpoint) return showCheckpoint(session, checkpoint);
        const { status, trouble } = await lookAt(session, id);
        const tree = status.children ? await treeBelow(session, status) : undefined;
        session.out.data({ ...status, ...(trouble ? { trouble } : {}), ...(tree ? { tree } : {}) }, () => {
          const lines = trouble
            ? [session.out.colors.red("can't move:"), ...troubleLines(trouble, Date.now())]
            : [];
          const below = tree ? ['  agents below', ...treeLines(tree, '    ')] : [];
          return [...lines, agentView(status, Date.now(), session.out.colors), ...below].join('\n');
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
  const [status, trouble] = await Promise.all([gateway.status(id), gateway.trouble(id)]);
  return trouble ? { status, trouble } : { status };
}

async function treeBelow(session: Session, status: StatusDocument): Promise<FamilyTree> {
  const gateway = await session.gateway();
  return familyTree(status, (agent) => gateway.status(agent));
}

/** `<agent id>@<turn>`; an agent's own id should not look like that. */
function checkpointOf(id: string): { agent: string; turn: number } | undefined {
  const [, agent, turn] = /^(.+)@(\d{1,9})$/s.exec(id) ?? [];
  return agent === undefined ? undefined : { agent, turn: Number(turn) };
}

async function showCheckpoint(
  session: Session,
  { agent, turn }: { agent: string; turn: number },
): Promise<undefined> {
  const state = await (await session.gateway()).stateAt(agent, turn);
  session.out.data(state, () => agentView(statusDocument(state), Date.now(), session.out.colors));
  return undefined;
}
