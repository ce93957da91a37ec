import { StatusBadge, UnverifiedMark } from '../controls/badge.tsx';
import { durationText } from '../text/duration.ts';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine } from '../text/visible-text.ts';
import type { CallRow, ChangeRow, SaidRow, TimelineRow } from './timeline-rows.ts';

/** A row as one line of the timeline. */
export function TimelineLine({ row }: { readonly row: TimelineRow }) {
  switch (row.kind) {
    case 'turn':
      return (
        <h3 className="turn-line">
          Turn {row.turn} <At at={row.at} />
        </h3>
      );
    case 'gap':
      return <p className="gap-line">{durationText(row.ms)} later</p>;
    case 'said':
      return <SaidLine row={row} />;
    case 'call':
      return <CallLine row={row} />;
    case 'change':
      return <ChangeLine row={row} />;
  }
}

const MOST_CHARS = 240;

function SaidLine({ row: { who, by, text, turn, signedInAs } }: { readonly row: SaidRow }) {
  return (
    <>
      <span className="sign" aria-hidden="true">
        {who === 'agent' ? '●' : who === 'person' ? '◆' : '§'}
      </span>
      <span className="speaker">{who === 'person' ? <UntrustedText text={by ?? 'requester'} /> : who}</span>
      <span className="said">
        {who === 'person' && turn > 0 && signedInAs === undefined && <UnverifiedMark />}{' '}
        <UntrustedText text={oneLine(text, MOST_CHARS)} />
      </span>
    </>
  );
}

function CallLine({ row: { name, args, told, at } }: { readonly row: CallRow }) {
  const state = callState(told);
  const given = args.type === 'parsed' ? JSON.stringify(args.value) : args.text;
  return (
    <>
      <span className={`sign ${state.tone}`} aria-hidden="true">
        {state.sign}
      </span>
      <span className="speaker">
        <UntrustedText text={name} />
        <span className="visually-hidden">: {state.word}</span>
      </span>
      <span className="said">
        <code>
          <UntrustedText text={oneLine(given, MOST_CHARS)} />
        </code>
        {told?.outcome?.ok === false && (
          <span className="problem">
            {' '}
            <UntrustedText
              text={`${told.outcome.error.type}: ${oneLine(told.outcome.error.message, MOST_CHARS)}`}
            />
          </span>
        )}
      </span>
      {told && told.at > at && <span className="took">{durationText(told.at - at)}</span>}
    </>
  );
}

function callState(told: CallRow['told']): { sign: string; word: string; tone: string } {
  if (told === undefined) return { sign: '…', word: 'not done yet', tone: 'waiting' };
  if (told.outcome?.ok === false) return { sign: '✗', word: 'failed', tone: 'bad' };
  return { sign: '✓', word: 'done', tone: 'good' };
}

/** A message that nobody vouches for; what the agent itself and the agents below it bring about is none. */
function isUnverified({ actor, cause, signedInAs }: ChangeRow['transition']): boolean {
  return actor !== 'agent' && signedInAs === undefined && !cause.startsWith('child');
}

function ChangeLine({ row: { transition } }: { readonly row: ChangeRow }) {
  const { from, to, cause, actor } = transition;
  return (
    <>
      <span className="sign" aria-hidden="true">
        →
      </span>
      <span className="speaker">{actor === 'agent' ? 'status' : <UntrustedText text={actor} />}</span>
      <span className="said">
        {from !== to && <StatusBadge status={to} />} {isUnverified(transition) && <UnverifiedMark />}{' '}
        <UntrustedText text={cause} />
      </span>
    </>
  );
}
