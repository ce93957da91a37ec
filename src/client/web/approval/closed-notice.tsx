import { Sender } from '../controls/sender.tsx';
import { At } from '../text/times.tsx';
import { deadlineWords, decisionWords } from './decision-words.ts';
import type { ShownApproval } from './shown-approval.ts';

/** That nothing is left to decide, by whom and since when. */
export function ClosedNotice({ shown: { state, approval } }: { readonly shown: ShownApproval }) {
  const last = approval.decisions.at(-1);
  if (state === 'decided' && last)
    return (
      <p className="notice done" role="status">
        <strong>{decisionWords(last.decision, approval.subject).done}</strong> by{' '}
        <Sender by={last.by} signedInAs={last.signedInAs} />, <At at={last.at} />. Nothing is left to decide.
      </p>
    );
  if (state === 'expired')
    return (
      <p className="notice done" role="status">
        <strong>expired</strong>: nobody decided in time, {deadlineWords(approval.onDeadline)}.
      </p>
    );
  return (
    <p className="notice done" role="status">
      <strong>{state}</strong>: the agent does not ask this any more.
    </p>
  );
}
