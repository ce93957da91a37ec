import type { ListedAgent } from '../../../contracts/answers.ts';
import { StatusBadge } from '../controls/badge.tsx';
import { Link } from '../navigation.tsx';
import { Age } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { visibleText } from '../text/visible-text.ts';

interface Props {
  readonly row: ListedAgent;
  readonly isChecked: boolean;
  /** Absent for who may tell agents nothing, and for agents that have ended. */
  readonly onCheck: ((isChecked: boolean) => void) | undefined;
}

/** An agent as Temporal's index knows it. */
export function AgentRow({ row, isChecked, onCheck }: Props) {
  const { agent, definition, status, waitingFor, pendingApprovals, turn, startedAt, closedAt, problems } =
    row;
  return (
    <div className="agent-row">
      <p className="name">
        {onCheck && (
          <input
            type="checkbox"
            aria-label={`Choose ${visibleText(agent)}`}
            checked={isChecked}
            onChange={(event) => {
              onCheck(event.target.checked);
            }}
          />
        )}
        <Link to={{ page: 'agent', agent }}>
          <UntrustedText text={agent} />
        </Link>
        {definition !== undefined && definition !== agent && (
          <span className="quiet">
            <UntrustedText text={definition} />
          </span>
        )}
      </p>
      <p className="status">
        <StatusBadge status={status} />
      </p>
      <p className="waits">
        <UntrustedText text={waitingFor.map((kind) => kind.replaceAll('_', ' ')).join(', ')} />
        {pendingApprovals > 1 && <span className="quiet"> {pendingApprovals} approvals</span>}
        {problems !== undefined && (
          <span className="problem">
            {' '}
            can’t move: <UntrustedText text={problems.join(', ')} />
          </span>
        )}
      </p>
      <p className="turn">{turn === undefined ? '' : `turn ${turn}`}</p>
      <p className="started">
        <span className="quiet">{closedAt === undefined ? 'started' : 'ended'}</span>{' '}
        <Age at={closedAt ?? startedAt} /> <span className="quiet">ago</span>
      </p>
    </div>
  );
}
