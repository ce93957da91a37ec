import { useId } from 'react';
import type { Draft, Field } from './fields.ts';
import { visibleText } from '../text/visible-text.ts';

interface Props {
  readonly fields: readonly Field[];
  readonly draft: Draft;
  readonly problems: Readonly<Record<string, string>>;
  readonly isDisabled: boolean;
  readonly onChange: (draft: Draft) => void;
}

/** A form made from the tool's schema. What it means is for `readDraft` to say. */
export function ArgumentsForm({ fields, draft, problems, isDisabled, onChange }: Props) {
  return (
    <div className="fields">
      {fields.map((field, index) => (
        <ArgumentField
          key={field.name}
          field={field}
          text={draft[field.name]}
          problem={problems[field.name]}
          isDisabled={isDisabled}
          isFirst={index === 0}
          onChange={(text) => {
            onChange({ ...draft, [field.name]: text });
          }}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly text: string | undefined;
  readonly problem: string | undefined;
  readonly isDisabled: boolean;
  readonly isFirst: boolean;
  readonly onChange: (text: string | undefined) => void;
}

function ArgumentField({ field, text, problem, isDisabled, isFirst, onChange }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const { name, title, description, isRequired } = field;
  const common = {
    id,
    disabled: isDisabled,
    autoFocus: isFirst,
    'aria-describedby': about,
    'aria-invalid': problem !== undefined,
  };
  return (
    <div className="field">
      <label htmlFor={id}>
        {title !== undefined && <>{visibleText(title)} </>}
        <code>{visibleText(name)}</code>
        {!isRequired && <span className="quiet"> optional</span>}
      </label>
      <FieldControl field={field} text={text} common={common} onChange={onChange} />
      <p id={about} className="quiet">
        {description !== undefined && <>{visibleText(description)} </>}
        {problem !== undefined && <span className="problem">{problem}</span>}
      </p>
    </div>
  );
}

interface ControlProps {
  readonly field: Field;
  readonly text: string | undefined;
  readonly common: object;
  readonly onChange: (text: string | undefined) => void;
}

function FieldControl({ field: { kind, choices, isRequired }, text, common, onChange }: ControlProps) {
  /** An optional field that is emptied is left out, unless it is a text, which may well be empty. */
  const change = (value: string): void => {
    onChange(value === '' && !isRequired && kind !== 'text' ? undefined : value);
  };
  const options = kind === 'boolean' ? ['true', 'false'] : choices;
  if (options.length > 0)
    return (
      <select
        {...common}
        value={text ?? ''}
        onChange={(event) => {
          change(event.target.value);
        }}
      >
        {(text === undefined || !isRequired) && <option value="">(left out)</option>}
        {options.map((choice) => (
          <option key={choice} value={choice}>
            {visibleText(choice)}
          </option>
        ))}
      </select>
    );
  if (kind === 'number')
    return (
      <input
        {...common}
        type="text"
        inputMode="decimal"
        value={text ?? ''}
        onChange={(event) => {
          change(event.target.value);
        }}
      />
    );
  return (
    <textarea
      {...common}
      className={kind === 'json' ? 'code' : ''}
      spellCheck={false}
      rows={rowsFor(text ?? '')}
      value={text ?? ''}
      onChange={(event) => {
        change(event.target.value);
      }}
    />
  );
}

const MAX_ROWS = 12;

function rowsFor(text: string): number {
  return Math.min(MAX_ROWS, text.split('\n').length + Math.floor(text.length / 120));
}
