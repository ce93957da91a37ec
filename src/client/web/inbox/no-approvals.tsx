import { useHasAgents } from '../api/agents.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { Link } from '../navigation.tsx';

interface Props {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

/** Why the inbox is empty: nothing was ever started, the filter hides it all, or there is nothing to do. */
export function NoApprovals({ isFiltered, onClear }: Props) {
  const hasAgents = useHasAgents(!isFiltered);
  if (isFiltered)
    return (
      <EmptyState
        title="Nothing matches"
        action={
          <button type="button" onClick={onClear}>
            Show everything that waits
          </button>
        }
      >
        Approvals wait, but none that this view and filter let through.
      </EmptyState>
    );
  if (hasAgents === undefined) return null;
  if (hasAgents)
    return (
      <EmptyState
        title="Nothing waits for you"
        action={<Link to={{ page: 'agents', filters: {} }}>See the agents</Link>}
      >
        Agents are at work, wait for something else, or have ended. What they ask appears here by itself.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No agent has been started yet"
      action={<code className="command">perdure start invoice-desk "Work through the invoices."</code>}
    >
      What agents ask people appears here. Start one:
    </EmptyState>
  );
}
