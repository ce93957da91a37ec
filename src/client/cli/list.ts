import { type Command, Option } from 'commander';
import type { ListedAgent } from '../../contracts/answers.ts';
import { AgentStatus } from '../../contracts/state.ts';
import { InterruptionKind } from '../../contracts/status.ts';
import { MAX_LISTED } from '../list-limit.ts';
import type { ListFilter } from '../listing.ts';
import { examples, listLimit } from './arguments.ts';
import type { Run } from './session.ts';
import { maybeMore } from './view/cut-list.ts';
import { clean, table } from './view/text.ts';
import { since } from './view/time.ts';

export function registerList(program: Command, run: Run): void {
  program
    .command('list')
    .description('agents, newest first')
    .addOption(new Option('--status <status>', 'how they are').choices(['running', ...AgentStatus.options]))
    .addOption(new Option('--waiting-for <kind>', 'what they wait for').choices(InterruptionKind.options))
    .option('--definition <name>', 'of this definition')
    .option('--limit <number>', 'at most this many', listLimit, 50)
    .option('--query <filter>', "a further condition in Temporal's list filter language")
    .addHelpText(
      'after',
      examples('perdure list --status waiting', 'perdure list --waiting-for approval --json'),
    )
    .action((filter: ListFilter & { limit: number }) =>
      run(async (session) => {
        const agents = await (await session.gateway()).list(filter);
        session.out.data(agents, () => listText(agents, filter, Date.now()));
        const cut = { limit: filter.limit, most: MAX_LISTED, filters: '--status, --definition or --query' };
        for (const line of maybeMore(agents, cut)) session.out.note(line);
        return undefined;
      }),
    );
}

export function listText(agents: readonly ListedAgent[], filter: ListFilter, now: number): string {
  if (agents.length === 0) {
    const filtered = filter.status ?? filter.waitingFor ?? filter.definition ?? filter.query;
    return filtered === undefined
      ? 'No agents yet. Start one: perdure start <definition> "<goal>"'
      : 'No agent matches. Without filters: perdure list';
  }
  return table(
    ['AGENT', 'STATUS', 'WAITS FOR', 'TURN', 'DEFINITION', 'STARTED'],
    agents.map((agent) => [
      clean(agent.agent),
      agent.problems ? `${clean(agent.status)}, can't move: perdure why` : clean(agent.status),
      clean(agent.waitingFor.join(', ')) || '-',
      agent.turn === undefined ? '-' : String(agent.turn),
      clean(agent.definition ?? '-'),
      `${since(agent.startedAt, now)} ago`,
    ]),
  );
}
