import { useId, useState } from 'react';
import { mayActAs, Role } from '../../../contracts/role.ts';
import { useReassign } from '../api/claims.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { visibleText } from '../text/visible-text.ts';
import type { ShownApproval } from './shown-approval.ts';

/** Stands for a person in the list of roles. */
const PERSON = '';

/** Hands an approval on to somebody, or to whoever has a role, for an hour as if they had claimed it. */
export function ReassignForm({ shown: { agent, approval } }: { readonly shown: ShownApproval }) {
  const [isOpen, setIsOpen] = useState(false);
  const [to, setTo] = useState('');
  const [chosen, setChosen] = useState<string>(PERSON);
  const id = useId();
  const reassign = useReassign(agent, approval);
  const role = Role.options.find((one) => one === chosen);
  const isReady = !reassign.isPending && (role !== undefined || to.trim() !== '');
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
    const onSuccess = (): void => {
      setIsOpen(false);
    };
    reassign.mutate(role === undefined ? { to: to.trim() } : { role }, { onSuccess });
  };
  return (
    <form
      className="reassign"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsOpen(false);
      }}
    >
      <label htmlFor={`${id}-kind`}>To</label>
      <select
        id={`${id}-kind`}
        autoFocus
        value={chosen}
        disabled={reassign.isPending}
        onChange={(event) => {
          setChosen(event.target.value);
        }}
      >
        <option value={PERSON}>a person</option>
        {rolesFor(approval.approvers).map((one) => (
          <option key={one} value={one}>
            {`whoever is ${one}`}
          </option>
        ))}
      </select>
      {role === undefined && (
        <PersonField
          {...{ id, to, approvers: approval.approvers, isDisabled: reassign.isPending }}
          onChange={setTo}
        />
      )}
      <button type="submit" disabled={!isReady}>
        {reassign.isPending ? 'Sending …' : 'Hand on'}
      </button>
      <p id={`${id}-about`} className="quiet">
        {aboutWords(role, approval.approvers?.role)}
      </p>
      {reassign.error && <ErrorView error={reassign.error} />}
    </form>
  );
}

type Approvers = ShownApproval['approval']['approvers'];

interface PersonProps {
  readonly id: string;
  readonly to: string;
  readonly approvers: Approvers;
  readonly isDisabled: boolean;
  readonly onChange: (to: string) => void;
}

function PersonField({ id, to, approvers, isDisabled, onChange }: PersonProps) {
  return (
    <>
      <input
        type="text"
        aria-label="Person"
        list={`${id}-people`}
        value={to}
        disabled={isDisabled}
        aria-describedby={`${id}-about`}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <datalist id={`${id}-people`}>
        {(approvers?.people ?? []).map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** Roles whose people may decide; deciding takes an approver in any case, and where people are named only they can. */
function rolesFor(approvers: Approvers): Role[] {
  if (approvers && approvers.role === undefined) return [];
  const least = approvers?.role ?? 'approver';
  return Role.options.filter((role) => mayActAs(role, 'approver') && mayActAs(role, least));
}

function aboutWords(role: Role | undefined, needed: Role | undefined): string {
  if (role !== undefined)
    return 'Whoever is signed in so, or as more, has it for an hour; nobody else decides it meanwhile.';
  return needed === undefined
    ? 'They have it for an hour; nobody else decides it meanwhile.'
    : `They have it for an hour. Whether they are ${needed} is seen when they decide.`;
}
