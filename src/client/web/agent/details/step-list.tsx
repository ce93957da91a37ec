import type { StepRecord } from '../../../../contracts/timeline.ts';
import { durationText } from '../../text/duration.ts';
import { At } from '../../text/times.tsx';
import { UntrustedText } from '../../text/untrusted-text.tsx';

/** What Temporal was asked to do for a call: for whoever looks for it in the Web UI. */
export function StepList({ steps }: { readonly steps: readonly StepRecord[] }) {
  if (steps.length === 0) return null;
  return (
    <details>
      <summary>Steps</summary>
      <ol className="plain">
        {steps.map((step, index) => (
          <li key={index}>
            <code>
              <UntrustedText text={step.activity} />
            </code>{' '}
            {stepText(step)}
            {step.scheduledAt !== undefined && (
              <>
                {' '}
                · <At at={step.scheduledAt} short />
              </>
            )}
            {step.lastFailure && (
              <p className="problem">
                <UntrustedText text={`${step.lastFailure.type}: ${step.lastFailure.message}`} />
              </p>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function stepText({ local, attempts, scheduledAt, endedAt, times }: StepRecord): string {
  return [
    ...(local ? ['within a workflow task'] : []),
    ...(scheduledAt === undefined || endedAt === undefined ? [] : [durationText(endedAt - scheduledAt)]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(times === undefined ? [] : [`the last of ${times}`]),
  ].join(', ');
}
