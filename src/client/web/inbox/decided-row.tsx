import type { ClosedApproval } from '../../../contracts/answers.ts';
import { decisionWords } from '../approval/decision-words.ts';
import { approvalObject, approvalTitle } from '../approval/title.ts';
import { Badge, type Tone } from '../controls/badge.tsx';
import { Sender } from '../controls/sender.tsx';
import { Link } from '../navigation.tsx';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine } from '../text/visible-text.ts';

const tones: Readonly<Record<string, Tone>> = { approve: 'good', edit: 'good', reject: 'bad' };

/** One approval that is closed: what it was about, what came of it, and by whom. */
export function DecidedRow({ row }: { readonly row: ClosedApproval }) {
  const { agent, definition, closedAt, approval } = row;
  const last = approval.decisions.at(-1);
  const isDecided = approval.status === 'decided' && last !== undefined;
  return (
    <div className="decided-row">
      <div className="what">
        <p className="title">
          <Link to={{ page: 'approval', agent, approval: approval.id }}>
            <UntrustedText text={oneLine(approvalTitle(approval))} />
          </Link>{' '}
          <span className="object">
            <UntrustedText text={approvalObject(approval)} />
          </span>
        </p>
        <p className="source">
          <UntrustedText text={agent} />
          {definition !== undefined && definition !== agent && (
            <>
              {' · '}
              <UntrustedText text={definition} />
            </>
          )}
        </p>
      </div>
      <div className="how">
        <p>
          <Badge tone={isDecided ? (tones[last.decision] ?? 'neutral') : 'neutral'}>
            {isDecided ? decisionWords(last.decision, approval.subject).done : approval.status}
          </Badge>
          {isDecided &&
            approval.decisions.map(({ by, at, signedInAs }) => (
              <span key={`${by} ${at}`} className="by">
                {' '}
                by <Sender by={by} signedInAs={signedInAs} />
              </span>
            ))}
        </p>
        {isDecided && last.message !== undefined && (
          <p className="reason">
            “<UntrustedText text={oneLine(last.message)} />”
          </p>
        )}
      </div>
      <p className="when">
        <At at={closedAt} />
      </p>
    </div>
  );
}
