import { useId, useState } from 'react';
import { useReassign } from '../api/claims.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { visibleText } from '../text/visible-text.ts';
import type { ShownApproval } from './shown-approval.ts';

/** Hands an approval on to somebody, who then has it for an hour as if they had claimed it. */
export function ReassignForm({ shown: { agent, approval } }: { readonly shown: ShownApproval }) {
  const [isOpen, setIsOpen] = useState(false);
  const [to, setTo] = useState('');
  const id = useId();
  const reassign = useReassign(agent, approval);
  const { people = [], role } = approval.approvers ?? {};
  if (!isOpen)
    return (
      <button
        type="button"
        className="ghost"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Reassign …
      </button>
    );
  const send = (): void => {
    reassign.mutate(to.trim(), {
      onSuccess: () => {
        setIsOpen(false);
        setTo('');
      },
    });
  };
  return (
    <form
      className="reassign"
      onSubmit={(event) => {
        event.preventDefault();
        if (to.trim() !== '' && !reassign.isPending) send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsOpen(false);
      }}
    >
      <label htmlFor={id}>To</label>
      <input
        id={id}
        type="text"
        autoFocus
        list={`${id}-people`}
        value={to}
        disabled={reassign.isPending}
        aria-describedby={`${id}-about`}
        onChange={(event) => {
          setTo(event.target.value);
        }}
      />
      <datalist id={`${id}-people`}>
        {people.map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </datalist>
      <button type="submit" disabled={to.trim() === '' || reassign.isPending}>
        {reassign.isPending ? 'Sending …' : 'Hand on'}
      </button>
      <p id={`${id}-about`} className="quiet">
        {role === undefined
          ? 'They have it for an hour; nobody else decides it meanwhile.'
          : `They have it for an hour. Whether they are ${role} is seen when they decide.`}
      </p>
      {reassign.error && <ErrorView error={reassign.error} />}
    </form>
  );
}
