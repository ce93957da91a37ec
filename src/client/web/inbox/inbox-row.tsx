import type { PendingApproval } from '../../../contracts/answers.ts';
import { deadlineWords } from '../approval/decision-words.ts';
import { approvalObject, approvalTitle, headlineFacts } from '../approval/title.ts';
import { claimedBy } from '../approval/deciders.ts';
import { Badge, RiskBadge, UnverifiedMark } from '../controls/badge.tsx';
import { Link } from '../navigation.tsx';
import { useNow } from '../text/now.ts';
import { Age, Countdown } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine, visibleText } from '../text/visible-text.ts';

interface Props {
  readonly row: PendingApproval;
  readonly isGone: boolean;
  readonly isSelected: boolean;
  readonly isChecked: boolean;
  readonly onOpen: () => void;
  readonly onCheck: (isChecked: boolean) => void;
}

/** One thing that waits for somebody: what, by whom, how long already and how long still. */
export function InboxRow({ row, isGone, isSelected, isChecked, onOpen, onCheck }: Props) {
  const { agent, approval } = row;
  const title = oneLine(approvalTitle(approval));
  return (
    <div
      className={['inbox-row', isSelected ? 'selected' : '', isGone ? 'gone' : ''].join(' ')}
      onClick={onOpen}
      {...(isSelected ? { 'aria-current': true } : {})}
    >
      <input
        type="checkbox"
        aria-label={`Choose ${visibleText(title)} of ${visibleText(agent)}`}
        checked={isChecked}
        disabled={isGone}
        onClick={(event) => {
          event.stopPropagation();
        }}
        onChange={(event) => {
          onCheck(event.target.checked);
        }}
      />
      <div className="what">
        <p className="title">
          <Link to={{ page: 'approval', agent, approval: approval.id }} onPlainClick={onOpen}>
            <UntrustedText text={title} />
          </Link>{' '}
          <span className="object">
            <UntrustedText text={approvalObject(approval)} />
          </span>
        </p>
        <p className="facts">
          <UntrustedText text={headlineFacts(approval)} />
        </p>
        <RowSource row={row} />
      </div>
      <RowTimes row={row} isGone={isGone} />
    </div>
  );
}

function RowSource({
  row: { agent, definition, requester, requesterSignedInAs },
}: {
  readonly row: PendingApproval;
}) {
  return (
    <p className="source">
      <UntrustedText text={agent} />
      {definition !== agent && (
        <>
          {' · '}
          <UntrustedText text={definition} />
        </>
      )}
      {requester !== undefined && (
        <>
          {' · for '}
          <UntrustedText text={requester} /> {requesterSignedInAs === undefined && <UnverifiedMark />}
        </>
      )}
    </p>
  );
}

function RowTimes({ row: { approval }, isGone }: Pick<Props, 'row' | 'isGone'>) {
  const claimed = claimedBy(approval, useNow());
  if (isGone)
    return (
      <div className="times">
        <Badge tone="neutral">closed</Badge>
      </div>
    );
  return (
    <div className="times">
      <span className="age">
        <RiskBadge risk={approval.risk} /> <Age at={approval.requestedAt} />
      </span>
      {approval.expiresAt !== undefined && (
        <span title={`Expires, ${deadlineWords(approval.onDeadline)}`}>
          <Countdown at={approval.expiresAt} />
        </span>
      )}
      {claimed !== undefined && (
        <span className="claimed">
          <UntrustedText text={approval.claim?.role === undefined ? `at it: ${claimed}` : `for ${claimed}`} />
          {approval.claim?.signedInAs === undefined && <UnverifiedMark />}
        </span>
      )}
      {approval.required > 1 && (
        <span>
          {approval.decisions.length} of {approval.required} agreed
        </span>
      )}
      <span className="outcome">
        {approval.onDeadline === undefined ? '' : outcomeWords[approval.onDeadline]}
      </span>
    </div>
  );
}

/** What happens at the deadline, in a word. */
const outcomeWords = {
  reject: 'then rejected',
  ignore: 'then ignored',
  end: 'then ends',
  ask: 'then asked on',
} as const;
