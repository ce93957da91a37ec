import { useState } from 'react';
import type { AuditChecked } from '../../../contracts/audit.ts';
import { useAuditCheck } from '../api/audit.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { TextField } from '../controls/text-field.tsx';

const words: Readonly<Record<NonNullable<AuditChecked['earlier']>, string>> = {
  same: 'Nothing has been added or changed since.',
  continued: 'What was taken then is how it begins now; more has come.',
  differs: 'It is not what was taken then, nor how it goes on.',
};

/** The audit to take away, and whether one that was taken earlier still fits what the histories tell. */
export function AuditPart({ agent }: { readonly agent: string }) {
  const [end, setEnd] = useState('');
  const check = useAuditCheck(agent);
  const { data } = check;
  return (
    <>
      <p>
        <a href={`/api/v1/agents/${encodeURIComponent(agent)}/audit`} download>
          Audit as JSON lines
        </a>
      </p>
      <p className="quiet">
        Each line has the hash of the one before; <code>perdure audit verify</code> checks the file.
      </p>
      <form
        className="audit-check"
        onSubmit={(event) => {
          event.preventDefault();
          if (!check.isPending) check.mutate(end.trim());
        }}
      >
        <TextField
          label="End of an earlier one (optional)"
          placeholder="12:9f2c…"
          value={end}
          isDisabled={check.isPending}
          onChange={setEnd}
        />
        <button type="submit" disabled={check.isPending}>
          {check.isPending ? 'Reading …' : 'Verify'}
        </button>
      </form>
      {check.error && <ErrorView error={check.error} />}
      {data && (
        <output className="audit-end">
          {data.earlier !== undefined && <strong>{words[data.earlier]}</strong>} Ends at{' '}
          <code>{data.end}</code>
        </output>
      )}
    </>
  );
}
