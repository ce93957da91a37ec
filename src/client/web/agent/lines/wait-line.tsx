import type { ApprovalItem, WaitItem } from '../../../../contracts/timeline.ts';
import { decisionWords } from '../../approval/decision-words.ts';
import { UnverifiedMark } from '../../controls/badge.tsx';
import { durationText } from '../../text/duration.ts';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { oneLine } from '../../text/visible-text.ts';
import { LineOf, MOST_CHARS } from './line-of.tsx';

/** A question to people, and who answered what. */
export function ApprovalLine({ item }: { readonly item: ApprovalItem }) {
  const { approval, at, endedAt } = item;
  const isOpen = approval.status === 'open';
  const decided = approval.decisions.map(
    ({ decision, by }) => `${decisionWords(decision, approval.subject).done} by ${by}`,
  );
  const isUnverified = approval.decisions.some(({ signedInAs }) => signedInAs === undefined);
  const answer = decided.length > 0 ? decided.join(', ') : isOpen ? 'open' : approval.status;
  return (
    <LineOf
      sign={isOpen ? '?' : '!'}
      tone={isOpen ? 'waiting' : 'good'}
      speaker={approval.subject === 'question' ? 'question' : 'approval'}
      state={answer}
      said={
        <>
          <strong>
            <UntrustedText text={oneLine(answer, MOST_CHARS)} />
          </strong>{' '}
          {isUnverified && <UnverifiedMark />} <UntrustedText text={oneLine(approval.summary, MOST_CHARS)} />
        </>
      }
      took={endedAt === undefined ? undefined : durationText(endedAt - at)}
    />
  );
}

/** Why nothing moved. */
export function WaitLine({ item: { wait, summary, at, endedAt } }: { readonly item: WaitItem }) {
  return (
    <LineOf
      sign="◷"
      {...(endedAt === undefined ? { tone: 'waiting' } : {})}
      speaker={wait.replaceAll('_', ' ')}
      state={endedAt === undefined ? 'goes on' : 'over'}
      said={<UntrustedText text={oneLine(summary, MOST_CHARS)} />}
      took={endedAt === undefined ? undefined : durationText(endedAt - at)}
    />
  );
}
