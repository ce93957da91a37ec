import { type ReactNode, useId } from 'react';

interface Props {
  readonly label: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it, or else what it means. */
  readonly problem?: string | undefined;
  readonly about?: string;
  readonly placeholder?: string;
  /** More than one line, or how a phone's keyboard should look. */
  readonly rows?: number;
  readonly inputMode?: 'numeric' | 'decimal';
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
}

/** A labelled field of a form, with what is wrong with it said where it stands. */
export function TextField(props: Props) {
  const { label, value, onChange, problem, about = '', rows, inputMode, isDisabled, ...rest } = props;
  const id = useId();
  const common = {
    ...{ id, value, disabled: isDisabled, placeholder: rest.placeholder, autoFocus: rest.autoFocus },
    'aria-describedby': `${id}-about`,
    'aria-invalid': problem !== undefined,
  };
  const changed = (event: { target: { value: string } }): void => {
    onChange(event.target.value);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <input {...common} type="text" inputMode={inputMode} onChange={changed} />
      ) : (
        <textarea {...common} rows={rows} onChange={changed} />
      )}
      <p id={`${id}-about`} className={problem === undefined ? 'quiet' : 'problem'}>
        {problem ?? about}
      </p>
    </div>
  );
}
