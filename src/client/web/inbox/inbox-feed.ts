import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ListedAgent } from '../../../contracts/answers.ts';
import { readAgent } from '../api/agents.ts';
import { agentListKey } from '../api/keys.ts';
import { closeApprovalsOf, openApprovalsKey, openByAgent, takeStatus } from '../api/approvals.ts';
import { type Live, useLive } from '../api/live.ts';
import { InboxChanges } from './inbox-changes.ts';

/** Keeps the inbox up to date with the feed of agents, which begins with every agent. */
export function useInboxFeed(): Live {
  const client = useQueryClient();
  const [changes] = useState(() => changesOf(client));
  useEffect(
    () => () => {
      changes.close();
    },
    [changes],
  );
  return useLive('/events', {
    agent: (data) => {
      const row = ListedAgent.safeParse(data).data;
      if (row) changes.tell(row.agent, { approvals: row.pendingApprovals, turn: row.turn ?? 0 });
    },
  });
}

function changesOf(client: QueryClient): InboxChanges {
  return new InboxChanges({
    known: () => openByAgent(client),
    closed: (agents) => {
      closeApprovalsOf(client, agents);
      shownAnew(client, agents);
    },
    // The agent knows better than the index.
    ask: async (agent) => {
      takeStatus(client, await readAgent(agent));
      shownAnew(client, [agent]);
    },
    readAll: () => {
      void client.invalidateQueries({ queryKey: ['agents'] });
      return client.invalidateQueries({ queryKey: openApprovalsKey });
    },
  });
}

/** Reads again what is shown of these agents, and whether there are any. */
function shownAnew(client: QueryClient, agents: readonly string[]): void {
  void client.invalidateQueries({ queryKey: agentListKey });
  for (const agent of agents) void client.invalidateQueries({ queryKey: ['agents', agent] });
}
