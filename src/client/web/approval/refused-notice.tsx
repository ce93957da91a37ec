import { forgetRefused, type RefusedDecision, useRefusedDecisions } from '../api/refused-decisions.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { Link } from '../navigation.tsx';
import { JsonView } from '../text/json-view.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { decisionWords } from './decision-words.ts';
import { approvalObject, approvalTitle } from './title.ts';

/** Decisions that did not get through after whoever made them had moved on: which they were, and the way back. */
export function RefusedNotice() {
  const refused = useRefusedDecisions();
  if (refused.length === 0) return null;
  return (
    <div className="refused-decisions">
      {refused.map((one) => (
        <Refused key={`${one.request.approval} ${one.request.agent}`} {...one} />
      ))}
    </div>
  );
}

function Refused({ request, approval, error }: RefusedDecision) {
  const { agent, decision, message, args } = request;
  return (
    <ErrorView error={error}>
      <p>
        This was your <strong>{decisionWords(decision, approval.subject).button}</strong> for{' '}
        <Link to={{ page: 'approval', agent, approval: approval.id }}>
          <UntrustedText text={`${approvalTitle(approval)} ${approvalObject(approval)}`.trim()} />
        </Link>{' '}
        of <UntrustedText text={agent} />.
      </p>
      {(message !== undefined || args !== undefined) && (
        <details>
          <summary>What you wrote</summary>
          <JsonView value={args ?? message} label="What you wrote" />
        </details>
      )}
      <button
        type="button"
        onClick={() => {
          forgetRefused(request);
        }}
      >
        I have seen it
      </button>
    </ErrorView>
  );
}
