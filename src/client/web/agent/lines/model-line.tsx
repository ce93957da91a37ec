import type { ModelItem } from '../../../../contracts/timeline.ts';
import { durationText } from '../../text/duration.ts';
import { UntrustedText } from '../../text/untrusted-text.tsx';
import { oneLine } from '../../text/visible-text.ts';
import type { TurnUsage } from '../timeline-rows.ts';
import { LineOf, MOST_CHARS } from './line-of.tsx';

/** A question to the model and its answer, with what it took. */
export function ModelLine({ item }: { readonly item: ModelItem }) {
  const { reply, failure, model } = item;
  const took = modelCost(item);
  if (failure)
    return (
      <LineOf
        sign="✗"
        tone="bad"
        speaker={<UntrustedText text={model} />}
        state="failed"
        said={
          <span className="problem">
            <UntrustedText text={oneLine(`${failure.type}: ${failure.message}`, MOST_CHARS)} />
          </span>
        }
        took={took}
      />
    );
  if (!reply)
    return (
      <LineOf
        sign="…"
        tone="waiting"
        speaker={<UntrustedText text={model} />}
        state="not answered yet"
        said="is asked"
      />
    );
  const { text, reasoning, calls } = reply;
  return (
    <LineOf
      sign="●"
      speaker="agent"
      said={
        <>
          {text.trim() !== '' && <UntrustedText text={oneLine(text, MOST_CHARS)} />}
          {text.trim() === '' && (
            <span className="quiet">{calls === 1 ? 'calls a tool' : `calls ${calls} tools`}</span>
          )}
          {reasoning !== undefined && <span className="quiet"> · with reasoning</span>}
        </>
      }
      took={took}
    />
  );
}

/** How long it took and what it cost, as far as that is known. */
export function modelCost({ at, endedAt, usage, step }: ModelItem): string {
  const parts = [
    ...(usage ? [usageText(usage)] : []),
    ...(endedAt === undefined ? [] : [durationText(endedAt - at)]),
    ...(step && step.attempts > 1 ? [`attempt ${step.attempts}`] : []),
  ];
  return parts.join(' · ');
}

/** Tokens read and written, and what they cost if the price is known. */
export function usageText({ inputTokens, outputTokens, usd }: TurnUsage): string {
  const tokens = `${inputTokens.toLocaleString()} → ${outputTokens.toLocaleString()} tokens`;
  return usd > 0 ? `${tokens} · ${dollars(usd)}` : tokens;
}

/** Single calls cost parts of a cent. */
export function dollars(usd: number): string {
  return `$${usd < 0.1 ? usd.toPrecision(2) : usd.toFixed(2)}`;
}
