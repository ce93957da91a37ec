import { useId, useState } from 'react';
import { type GrantRequest, useGrantLeave } from '../api/grants.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import type { ShownApproval } from './shown-approval.ts';

const HOUR_MS = 3_600_000;
const lengths = [
  ['1', 'for an hour'],
  ['24', 'for a day'],
  ['168', 'for a week'],
] as const;

/**
 * Leave given ahead: from now on the agent does this without asking, within what is said here. It does not decide what is asked now. Where
 * several people must agree nobody can give it alone.
 */
export function LeaveAhead({ shown }: { readonly shown: ShownApproval }) {
  const { agent, approval } = shown;
  const grant = useGrantLeave(agent);
  if (approval.subject !== 'tool' || approval.required > 1) return null;
  return (
    <details className="leave-ahead">
      <summary>Stop asking about this for a while</summary>
      {grant.isSuccess ? (
        <p role="status">Given. The agent’s page lists it, and takes it back.</p>
      ) : (
        <LeaveForm shown={shown} isPending={grant.isPending} onGive={grant.mutate} />
      )}
      {grant.error && <ErrorView error={grant.error} />}
    </details>
  );
}

interface FormProps {
  readonly shown: ShownApproval;
  readonly isPending: boolean;
  readonly onGive: (request: GrantRequest) => void;
}

function LeaveForm({ shown: { approval, agent }, isPending, onGive }: FormProps) {
  const [hours, setHours] = useState('24');
  const [when, setWhen] = useState('');
  const [uses, setUses] = useState('');
  const id = useId();
  const count = Number(uses);
  const isReady = uses === '' || (Number.isInteger(count) && count > 0);
  const give = (): void => {
    onGive({
      tool: approval.tool,
      ...(approval.rule === undefined ? {} : { rule: approval.rule }),
      ...(when.trim() === '' ? {} : { when: when.trim() }),
      ...(uses === '' ? {} : { uses: count }),
      forMs: Number(hours) * HOUR_MS,
    });
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isPending) give();
      }}
    >
      <p className="quiet">
        <UntrustedText text={agent} /> then runs{' '}
        <code>
          <UntrustedText text={approval.tool} />
        </code>{' '}
        where this rule would ask, without asking. What is asked now stays open.
      </p>
      <div className="filters">
        <LengthChoice hours={hours} onChoose={setHours} />
        <label>
          At most (times)
          <input
            type="text"
            inputMode="numeric"
            value={uses}
            onChange={(event) => {
              setUses(event.target.value.trim());
            }}
          />
        </label>
      </div>
      <label htmlFor={id}>Only if (a condition over facts and arguments)</label>
      <input
        id={id}
        type="text"
        placeholder="facts.amount <= 5000.0"
        value={when}
        onChange={(event) => {
          setWhen(event.target.value);
        }}
      />
      <div className="buttons">
        <button type="submit" disabled={!isReady || isPending}>
          {isPending ? 'Sending …' : 'Give leave'}
        </button>
      </div>
    </form>
  );
}

function LengthChoice({
  hours,
  onChoose,
}: {
  readonly hours: string;
  readonly onChoose: (hours: string) => void;
}) {
  return (
    <label>
      How long
      <select
        value={hours}
        onChange={(event) => {
          onChoose(event.target.value);
        }}
      >
        {lengths.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
