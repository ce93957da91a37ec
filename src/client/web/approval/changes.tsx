import { diffJson } from 'diff';
import type { JsonObject } from '../../../contracts/json.ts';
import { UntrustedText } from '../text/untrusted-text.tsx';

interface Props {
  readonly proposed: JsonObject;
  readonly edited: JsonObject;
}

/** What an edit changes, line by line; a sign says it beside the colour. */
export function Changes({ proposed, edited }: Props) {
  const lines = changedLines(proposed, edited);
  return (
    <pre className="json changes" tabIndex={0} role="region" aria-label="Edited against proposed arguments">
      {lines.map(({ sign, text }, index) => (
        <span key={index} className={classes[sign]}>
          <span className="sign">{sign}</span> <UntrustedText text={text} multiline />
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

type Sign = '+' | '−' | ' ';
const classes: Readonly<Record<Sign, string>> = { '+': 'line added', '−': 'line removed', ' ': 'line' };

function changedLines(before: JsonObject, after: JsonObject): { sign: Sign; text: string }[] {
  return diffJson(before, after).flatMap(({ added, removed, value }) => {
    const sign = added ? '+' : removed ? '−' : ' ';
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ sign, text }) as const);
  });
}
