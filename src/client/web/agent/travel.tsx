import type { StatusDocument } from '../../../contracts/status.ts';
import type { TimelineItem } from '../../../contracts/timeline.ts';
import { useMayActAs } from '../api/session.ts';
import { ForkDialog } from '../travel/fork-dialog.tsx';
import type { ForkPoint } from '../travel/fork-draft.ts';
import { RewindDialog } from '../travel/rewind-dialog.tsx';
import { pointOf } from '../travel/fork-point.ts';

/** Where in its past somebody wants an agent to begin anew, as itself or as another one. */
export type Travel =
  | { readonly kind: 'fork'; readonly point: ForkPoint }
  | { readonly kind: 'rewind'; readonly turn: number };

interface DialogProps {
  readonly status: StatusDocument;
  readonly travel: Travel;
  readonly onRewound: () => void;
  readonly onClose: () => void;
}

export function TravelDialog({ status, travel, onRewound, onClose }: DialogProps) {
  if (travel.kind === 'fork') return <ForkDialog {...{ status, onClose }} point={travel.point} />;
  return <RewindDialog {...{ status, onRewound, onClose }} turn={travel.turn} />;
}

interface ButtonsProps {
  readonly item: TimelineItem;
  /** All that was read, to say which message of its turn this one is. */
  readonly items: readonly TimelineItem[];
  readonly onTravel: (travel: Travel) => void;
}

/** From a line of the timeline: begin anew there. */
export function TravelFromHere({ item, items, onTravel }: ButtonsProps) {
  const mayFork = useMayActAs('operator');
  const mayRewind = useMayActAs('admin');
  if (!mayFork) return null;
  const point = pointOf(item, items);
  return (
    <div className="buttons">
      <button
        type="button"
        onClick={() => {
          onTravel({ kind: 'fork', point });
        }}
      >
        {point.message
          ? 'Fork with other words'
          : point.result
            ? 'Fork with another result'
            : 'Fork from here'}
      </button>
      {mayRewind && (
        <button
          type="button"
          className="danger-quiet"
          onClick={() => {
            onTravel({ kind: 'rewind', turn: item.turn });
          }}
        >
          Rewind to turn {item.turn}
        </button>
      )}
    </div>
  );
}
