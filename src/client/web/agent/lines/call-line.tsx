import type { CallItem } from '../../../../contracts/timeline.ts';
import { durationText } from '../../text/duration.ts';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { oneLine } from '../../text/visible-text.ts';
import { LineOf, MOST_CHARS } from './line-of.tsx';

/** A call of a tool: its arguments, what policy said where that was more than yes, and how it ended. */
export function CallLine({ item }: { readonly item: CallItem }) {
  const { name, args, at, endedAt, outcome, steps } = item;
  const { sign, word, tone } = callState(item);
  const attempts = steps.at(-1)?.attempts ?? 1;
  return (
    <LineOf
      sign={sign}
      tone={tone}
      speaker={<UntrustedText text={name} />}
      state={word}
      said={
        <>
          <code>
            <UntrustedText text={oneLine(argumentsText(args), MOST_CHARS)} />
          </code>
          <span className="quiet">{ruleText(item)}</span>
          {outcome?.ok === false && (
            <span className="problem">
              {' '}
              <UntrustedText text={`${outcome.error.type}: ${oneLine(outcome.error.message, MOST_CHARS)}`} />
            </span>
          )}
        </>
      }
      took={[
        ...(endedAt !== undefined && endedAt > at ? [durationText(endedAt - at)] : []),
        ...(attempts > 1 ? [`attempt ${attempts}`] : []),
      ].join(' · ')}
    />
  );
}

function argumentsText({ proposed, edited, executed }: CallItem['args']): string {
  const given = executed ?? edited;
  if (given) return JSON.stringify(given);
  return proposed.type === 'parsed' ? JSON.stringify(proposed.value) : proposed.text;
}

function ruleText({ verdicts, args, leave }: CallItem): string {
  const last = verdicts.at(-1);
  return [
    ...(last && last.mode !== 'auto' ? [` · ${last.mode}`] : []),
    ...(args.edited ? [' · edited'] : []),
    ...(leave ? [leave.grant === true ? ' · leave given ahead' : ' · approved'] : []),
  ].join('');
}

function callState({ status, outcome }: CallItem): {
  sign: string;
  word: string;
  tone: 'good' | 'bad' | 'waiting';
} {
  if (status === 'dropped') return { sign: '✗', word: 'dropped', tone: 'bad' };
  if (!outcome) return { sign: '…', word: 'not done yet', tone: 'waiting' };
  if (!outcome.ok) return { sign: '✗', word: 'failed', tone: 'bad' };
  return { sign: '✓', word: 'done', tone: 'good' };
}
