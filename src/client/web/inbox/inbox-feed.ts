import { useQueryClient } from '@tanstack/react-query';
import { ListedAgent } from '../../../contracts/answers.ts';
import { readAgent } from '../api/agents.ts';
import { agentListKey } from '../api/keys.ts';
import { approvalsIn, knownApprovalsOf, replaceApprovalsOf } from '../api/approvals.ts';
import { type Live, useLive } from '../api/live.ts';

/** Keeps the inbox up to date with the feed of agents: only those that changed are asked what they ask now. */
export function useInboxFeed(): Live {
  const client = useQueryClient();
  return useLive('/events', {
    agent: (data) => {
      const row = ListedAgent.safeParse(data).data;
      if (row === undefined) return;
      const known = knownApprovalsOf(client, row.agent);
      // The feed begins with every agent; of most of them all is known already.
      if (known === undefined || known === row.pendingApprovals) return;
      void client.invalidateQueries({ queryKey: ['agents', row.agent] });
      void client.invalidateQueries({ queryKey: agentListKey });
      if (row.pendingApprovals === 0) {
        replaceApprovalsOf(client, row.agent, []);
        return;
      }
      // The agent knows better than the index; if it can't be asked, the next reading of the whole inbox will tell.
      void readAgent(row.agent).then(
        (status) => {
          replaceApprovalsOf(client, row.agent, approvalsIn(status));
        },
        () => undefined,
      );
    },
  });
}
