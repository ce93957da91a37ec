import type { TimelineItem } from '../../../contracts/timeline.ts';
import { durationText } from '../text/duration.ts';
import { At } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { oneLine } from '../text/visible-text.ts';
import { CallLine } from './lines/call-line.tsx';
import { ChangeLine } from './lines/change-line.tsx';
import { LineOf, MOST_CHARS } from './lines/line-of.tsx';
import { MessageLine } from './lines/message-line.tsx';
import { ModelLine, usageText } from './lines/model-line.tsx';
import type { TurnUsage } from './timeline-rows.ts';
import { ApprovalLine, WaitLine } from './lines/wait-line.tsx';

interface Props {
  readonly item: TimelineItem;
  /** Of the turn that begins here. */
  readonly usage?: TurnUsage | undefined;
}

/** What happened as one line of the timeline. */
export function TimelineLine({ item, usage }: Props) {
  switch (item.kind) {
    case 'turn':
      return (
        <h3 className="turn-line">
          Turn {item.turn} <At at={item.at} /> <TurnCost usage={usage} />
        </h3>
      );
    case 'gap':
      return <p className="gap-line">{durationText((item.endedAt ?? item.at) - item.at)} later</p>;
    case 'condensed':
      return (
        <p className="gap-line">
          The conversation was condensed from {item.before.toLocaleString()} to {item.after.toLocaleString()}{' '}
          characters.
        </p>
      );
    case 'message':
      return <MessageLine item={item} />;
    case 'model':
      return <ModelLine item={item} />;
    case 'crew':
      return <LineOf sign="●" speaker="crew" said={<UntrustedText text={item.text} />} />;
    case 'call':
      return <CallLine item={item} />;
    case 'approval':
      return <ApprovalLine item={item} />;
    case 'wait':
      return <WaitLine item={item} />;
    case 'transition':
      return <ChangeLine item={item} />;
    case 'agent': {
      const { id, agent, status, input } = item.child;
      const text = `${id} ${status}: ${oneLine(input, MOST_CHARS)}`;
      return (
        <LineOf sign="⤷" speaker={<UntrustedText text={agent} />} said={<UntrustedText text={text} />} />
      );
    }
    case 'end': {
      const { outcome } = item;
      const tone = outcome.status === 'completed' ? 'good' : 'bad';
      return (
        <LineOf
          sign="■"
          tone={tone}
          speaker={outcome.status}
          said={<UntrustedText text={endText(outcome)} />}
        />
      );
    }
  }
}

function TurnCost({ usage }: { readonly usage: TurnUsage | undefined }) {
  if (usage === undefined) return null;
  return <span className="took">{usageText(usage)}</span>;
}

function endText(outcome: Extract<TimelineItem, { kind: 'end' }>['outcome']): string {
  switch (outcome.status) {
    case 'completed':
      return oneLine(
        typeof outcome.result === 'string' ? outcome.result : JSON.stringify(outcome.result),
        MOST_CHARS,
      );
    case 'failed':
      return oneLine(`${outcome.failure.type}: ${outcome.failure.message}`, MOST_CHARS);
    case 'cancelled':
      return oneLine(outcome.reason, MOST_CHARS);
  }
}
