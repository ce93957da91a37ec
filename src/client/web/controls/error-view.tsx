import type { ReactNode } from 'react';
import { Problem, UnknownShape } from '../api/problem.ts';
import { JsonView } from '../text/json-view.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

interface Props {
  readonly error: Error;
  readonly onRetry?: () => void;
  /** What it is about, and what can be done. */
  readonly children?: ReactNode;
}

/** What went wrong and what to do; an answer of an unknown shape is shown as it came. */
export function ErrorView({ error, onRetry, children }: Props) {
  return (
    <section className="notice trouble" role="alert">
      <h2>{headingOf(error)}</h2>
      <p>
        <UntrustedText text={error.message} multiline />
      </p>
      {error instanceof Problem && error.help !== '' && (
        <p className="quiet">
          <UntrustedText text={error.help} multiline />
        </p>
      )}
      {error instanceof UnknownShape && <JsonView value={error.raw} label="The answer as it came" />}
      {children}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}

function headingOf(error: Error): string {
  if (error instanceof UnknownShape) return 'This page does not understand the answer';
  if (!(error instanceof Problem)) return 'Something went wrong on this page';
  switch (error.code) {
    case 'Forbidden':
      return 'You may not see this';
    case 'Conflict':
      return 'That did not count';
    case 'NotFound':
      return 'There is nothing here';
    case 'Unreachable':
      return 'Temporal can’t be reached';
    case 'NoWorker':
      return 'No worker answers';
    case 'Offline':
      return 'The admin server can’t be reached';
    default:
      return 'That did not work';
  }
}
