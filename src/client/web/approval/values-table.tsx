import type { Json, JsonObject } from '../../../contracts/json.ts';
import { JsonView } from '../text/json-view.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

interface Props {
  readonly values: JsonObject;
  /** What each means, where the tool says so. */
  readonly descriptions?: Readonly<Record<string, string | undefined>>;
  /** In two columns where there is room: many short values. */
  readonly isDense?: boolean;
  /** Said when there are none. */
  readonly none: string;
}

/** Names and values exactly as they are; nothing is rounded, shortened or left out. */
export function ValuesTable({ values, descriptions = {}, isDense = false, none }: Props) {
  const entries = Object.entries(values);
  if (entries.length === 0) return <p className="quiet">{none}</p>;
  return (
    <dl className={isDense ? 'values dense' : 'values'}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>
            <UntrustedText text={name} />
            {descriptions[name] !== undefined && (
              <span className="description">
                <UntrustedText text={descriptions[name]} />
              </span>
            )}
          </dt>
          <dd>
            <Value name={name} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: Json }) {
  if (typeof value === 'string')
    return value === '' ? (
      <span className="quiet">(empty text)</span>
    ) : (
      <UntrustedText text={value} multiline />
    );
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    return <JsonView value={value} label={name} />;
  return <code>{JSON.stringify(value)}</code>;
}
