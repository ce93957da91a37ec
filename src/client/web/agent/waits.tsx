import type { Interruption, StatusDocument } from '../../../contracts/status.ts';
import { Link } from '../navigation.tsx';
import { Age, Countdown } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

/** Why the agent is not moving: each reason with since when, until when, and what ends it. */
export function Waits({ status: { agent, interruptions, approvals } }: { readonly status: StatusDocument }) {
  if (interruptions.length === 0) return null;
  const open = new Set(approvals.map(({ id }) => id));
  return (
    <ul className="waits" aria-label="Waits for">
      {interruptions.map((interruption) => (
        <li key={`${interruption.kind} ${interruption.id}`}>
          <Wait {...{ agent, interruption }} isApproval={open.has(interruption.id)} />
        </li>
      ))}
    </ul>
  );
}

interface WaitProps {
  readonly agent: string;
  readonly interruption: Interruption;
  readonly isApproval: boolean;
}

function Wait({ agent, interruption, isApproval }: WaitProps) {
  const { kind, id, since, deadline, onDeadline, resumeBy, summary } = interruption;
  return (
    <>
      <p>
        <strong>Waits for {kind.replaceAll('_', ' ')}</strong>{' '}
        <span className="quiet">
          since <Age at={since} />
          {deadline !== undefined && (
            <>
              {', ends '}
              <Countdown at={deadline} />
            </>
          )}
          {onDeadline !== undefined && `, then: ${onDeadline}`}
        </span>
      </p>
      <p>
        <UntrustedText text={summary} />
      </p>
      {isApproval ? (
        <Link to={{ page: 'approval', agent, approval: id }} className="button">
          Decide
        </Link>
      ) : (
        <p className="quiet">
          Goes on by: <UntrustedText text={resumeBy.join(', ')} />
        </p>
      )}
    </>
  );
}
