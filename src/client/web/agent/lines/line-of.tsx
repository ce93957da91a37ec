import type { ReactNode } from 'react';
import { visibleText } from '../../text/visible-text.ts';

/** Of a text in a line; the pane beside has all of it. */
export const MOST_CHARS = 240;

interface Props {
  /** Seen only; `state` says the same to whoever hears the page. */
  readonly sign: string;
  readonly tone?: 'good' | 'bad' | 'waiting';
  readonly speaker: ReactNode;
  readonly state?: string;
  readonly said: ReactNode;
  /** How long it took and what it cost. */
  readonly took?: string | undefined;
}

/** The columns of a line: sign, who or what, the words, and what it took. */
export function LineOf({ sign, tone, speaker, state, said, took }: Props) {
  return (
    <>
      <span className={tone === undefined ? 'sign' : `sign ${tone}`} aria-hidden="true">
        {sign}
      </span>
      <span className="speaker">
        {speaker}
        {state !== undefined && <span className="visually-hidden">: {visibleText(state)}</span>}
      </span>
      <span className="said">{said}</span>
      {took !== undefined && took !== '' && <span className="took">{took}</span>}
    </>
  );
}
