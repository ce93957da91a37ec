import type { BudgetDraft } from '../text/budget-draft.ts';
import { TextField } from './text-field.tsx';

interface Props {
  readonly draft: BudgetDraft;
  readonly problems: Readonly<Record<string, string>>;
  readonly isDisabled: boolean;
  readonly onChange: (draft: BudgetDraft) => void;
}

const fields = [
  ['turns', 'Turns', 'numeric'],
  ['tokens', 'Tokens', 'numeric'],
  ['usd', 'US dollars', 'decimal'],
] as const;

/** Limits in place of the definition's; what is left empty stays as it is there. */
export function BudgetFields({ draft, problems, isDisabled, onChange }: Props) {
  return (
    <fieldset className="budget-fields" disabled={isDisabled}>
      <legend>Budget, where it is another one than the definition’s</legend>
      {fields.map(([name, label, inputMode]) => (
        <TextField
          key={name}
          {...{ label, inputMode }}
          value={draft[name]}
          problem={problems[name]}
          onChange={(text) => {
            onChange({ ...draft, [name]: text });
          }}
        />
      ))}
    </fieldset>
  );
}
