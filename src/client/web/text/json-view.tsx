import { UntrustedText } from './untrusted-text.tsx';
import { visibleText } from './visible-text.ts';

/** A value as it is. What is not JSON at all is shown as text rather than left out. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <pre className="json" tabIndex={0} role="region" aria-label={visibleText(label)}>
      <UntrustedText text={jsonText(value)} multiline />
    </pre>
  );
}

/** JSON for people; of a text, the text itself. */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? 'nothing' : JSON.stringify(value, null, 2);
}
