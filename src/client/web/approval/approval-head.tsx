import { Badge, RiskBadge } from '../controls/badge.tsx';
import { Link } from '../navigation.tsx';
import { Age, Countdown } from '../text/times.tsx';
import { Sender } from '../controls/sender.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { deadlineWords } from './decision-words.ts';
import type { PanelHeading } from './panel-section.tsx';
import type { ShownApproval } from './shown-approval.ts';
import { approvalObject, approvalTitle } from './title.ts';

/** What is asked, by which agent, for whom, and until when. */
export function ApprovalHead({
  shown,
  heading: Heading,
}: {
  readonly shown: ShownApproval;
  readonly heading: PanelHeading;
}) {
  const { agent, definition, requester, requesterSignedInAs, approval, state } = shown;
  return (
    <header className="approval-head">
      <p className="kind">
        <Badge tone={state === 'open' ? 'waiting' : 'neutral'}>{subjectWords[approval.subject]}</Badge>
        <RiskBadge risk={approval.risk} />
        <span className="quiet">
          asked <Age at={approval.requestedAt} /> ago
        </span>
      </p>
      <Heading>
        <UntrustedText text={approvalTitle(approval)} />{' '}
        <span className="object">
          <UntrustedText text={approvalObject(approval)} />
        </span>
      </Heading>
      <p className="about">
        <Link to={{ page: 'agent', agent }}>
          <UntrustedText text={agent} />
        </Link>
        <span>
          of <UntrustedText text={definition} />
        </span>
        {requester !== undefined && (
          <span>
            for <Sender by={requester} signedInAs={requesterSignedInAs} />
          </span>
        )}
      </p>
      {state === 'open' && approval.clockStopped && (
        <p className="deadline">The agent is paused, and the time for this stands still.</p>
      )}
      {state === 'open' && approval.expiresAt !== undefined && (
        <p className="deadline">
          Expires <Countdown at={approval.expiresAt} />, {deadlineWords(approval.onDeadline)}
        </p>
      )}
    </header>
  );
}

const subjectWords = {
  tool: 'approval',
  suggestion: 'suggestion',
  question: 'question',
  unknown_outcome: 'unknown outcome',
  budget: 'budget',
} as const;
