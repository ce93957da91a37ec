import { type Command, InvalidArgumentError } from 'commander';
import type { AgentState } from '../../contracts/state.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { agentView } from './view/agent-view.ts';
import { differenceLines } from './view/difference-view.ts';

/** `<agent id>@<turn>` or `<agent id>@r<revision>`. */
interface Place {
  readonly agent: string;
  readonly turn?: number;
  readonly revision?: number;
}

export function registerState(program: Command, run: Run): void {
  program
    .command('state')
    .argument('<place>', '<id>@<turn>, or <id>@r<revision>', place)
    .argument('[other]', 'another place, for what differs', place)
    .description('the whole state of an agent at the end of a turn or at a revision; of two, what differs')
    .addHelpText(
      'after',
      examples('perdure state a1@3 --json', 'perdure state a1@3 a1@4', 'perdure state a1@r17 a2@r17 --json'),
    )
    .action((one: Place, other: Place | undefined) =>
      run(async (session) => {
        const state = await stateAt(session, one);
        if (!other) {
          const { statusDocument } = await import('../../core/status-document.ts');
          session.out.data(state, () => agentView(statusDocument(state), Date.now(), session.out.colors));
          return undefined;
        }
        const { differenceOf } = await import('../state-difference.ts');
        const difference = differenceOf(state, await stateAt(session, other));
        session.out.data(difference, () => differenceLines(difference, state, session.out.colors).join('\n'));
        return undefined;
      }),
    );
}

async function stateAt(session: Session, { agent, turn, revision = 0 }: Place): Promise<AgentState> {
  const gateway = await session.gateway();
  return turn === undefined ? gateway.stateAtRevision(agent, revision) : gateway.stateAt(agent, turn);
}

function place(text: string): Place {
  const [, agent, isRevision, number] = /^(.+)@(r?)(\d{1,9})$/s.exec(text) ?? [];
  if (agent === undefined)
    throw new InvalidArgumentError('It must be <id>@<turn> or <id>@r<revision>, like a1@3 or a1@r17.');
  return isRevision === 'r' ? { agent, revision: Number(number) } : { agent, turn: Number(number) };
}
