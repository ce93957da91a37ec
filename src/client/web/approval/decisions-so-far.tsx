import type { ApprovalView } from '../../../contracts/status.ts';
import { Sender } from '../controls/sender.tsx';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { Changes } from './changes.tsx';
import { decisionWords } from './decision-words.ts';

/** Who decided what and when, with the words and the edit that went with it. */
export function DecisionsSoFar({
  approval,
}: {
  readonly approval: Pick<ApprovalView, 'decisions' | 'required' | 'subject' | 'args'>;
}) {
  const { decisions, required, subject, args } = approval;
  if (decisions.length === 0)
    return <p className="quiet">{required > 1 ? `None yet; ${required} people must agree.` : 'None yet.'}</p>;
  return (
    <>
      {required > 1 && (
        <p>
          {decisions.length} of {required} people
        </p>
      )}
      <ol className="decisions">
        {decisions.map((decision, index) => (
          <li key={index}>
            <p>
              <Sender by={decision.by} signedInAs={decision.signedInAs} />{' '}
              {decisionWords(decision.decision, subject).done} · <At at={decision.at} />
            </p>
            {decision.message !== undefined && (
              <blockquote>
                <UntrustedText text={decision.message} multiline />
              </blockquote>
            )}
            {decision.args && <Changes proposed={args} edited={decision.args} />}
          </li>
        ))}
      </ol>
    </>
  );
}
