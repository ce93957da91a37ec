import type { BudgetDraft } from '../text/budget-draft.ts';
import { TextField } from './text-field.tsx';

interface Props {
  readonly draft: BudgetDraft;
  readonly problems: Readonly<Record<string, string>>;
  readonly isDisabled: boolean;
  readonly onChange: (draft: BudgetDraft) => void;
  readonly legend?: string;
}

const fields = [
  ['turns', 'Turns', 'numeric'],
  ['tokens', 'Tokens', 'numeric'],
  ['usd', 'US dollars', 'decimal'],
] as const;

const ofDefinition = 'Budget, where it is another one than the definition’s';

/** Limits in place of the definition's, unless something else is said; what is left empty stays as it is. */
export function BudgetFields({ draft, problems, isDisabled, onChange, legend = ofDefinition }: Props) {
  return (
    <fieldset className="budget-fields" disabled={isDisabled}>
      <legend>{legend}</legend>
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
