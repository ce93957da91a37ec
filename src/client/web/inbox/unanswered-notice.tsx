import type { PendingApprovals } from '../../../contracts/answers.ts';
import { UntrustedText } from '../text/untrusted-text.tsx';

const MAX_NAMED = 3;

/** Agents that wait for people and can't say what for: mostly no worker runs. */
export function UnansweredNotice({ unanswered }: Pick<PendingApprovals, 'unanswered'>) {
  const named = unanswered.slice(0, MAX_NAMED);
  const [first] = unanswered;
  return (
    <section className="notice trouble" role="status">
      <h2>
        {unanswered.length === 1 ? 'An agent waits' : `${unanswered.length} agents wait`}, and no worker
        answers for them
      </h2>
      <p>
        {named.map(({ agent }) => (
          <code key={agent} className="name">
            <UntrustedText text={agent} />
          </code>
        ))}
        {unanswered.length > MAX_NAMED && ` and ${unanswered.length - MAX_NAMED} more`}
      </p>
      {first && (
        <p className="quiet">
          <UntrustedText text={first.message} />
        </p>
      )}
      <p>
        Start a worker; <code>perdure doctor</code> says what is missing. Nothing is lost meanwhile.
      </p>
    </section>
  );
}
