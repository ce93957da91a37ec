import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { eachInTurn } from './each-in-turn.ts';

interface Work<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Gives what came of it, in words. */
  readonly act: (item: Item) => Promise<string>;
  readonly onSettled?: () => unknown;
}

/**
 * One item after the other, until it is stopped or nobody looks at it any more. What came of each is kept by its key; why it
 * failed is what came of one that did.
 */
export function useOneByOne<Item>({ items, keyOf, act, onSettled }: Work<Item>) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, string>>(new Map());
  const [isStopping, setIsStopping] = useState(false);
  const stopped = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      stopped.current?.abort();
    },
    [],
  );
  const job = useMutation({
    mutationFn: async () => {
      stopped.current = new AbortController();
      await eachInTurn(items, act, stopped.current.signal, (item, said) => {
        setOutcomes((known) => new Map(known).set(keyOf(item), said));
      });
    },
    onSettled: () => onSettled?.(),
  });
  /** What is on its way is still waited for. Says whether there was nothing to stop. */
  const stop = (): boolean => {
    stopped.current?.abort();
    setIsStopping(job.isPending);
    return !job.isPending;
  };
  return { outcomes, job, stop, isStopping };
}

interface ButtonsProps {
  readonly work: ReturnType<typeof useOneByOne>;
  readonly count: number;
  readonly verb: string;
  readonly isDangerous: boolean;
  readonly isReady?: boolean;
  /** What has happened to those that are done, while others are not. */
  readonly done: string;
  readonly onClose: () => void;
}

/** Begins the work, says how far it is, stops it, and closes when it is over. */
export function OneByOneButtons({
  work: { outcomes, job, stop, isStopping },
  count,
  verb,
  isDangerous,
  isReady = true,
  done,
  onClose,
}: ButtonsProps) {
  const progress = `${outcomes.size} of ${count} ${done}`;
  if (job.isIdle)
    return (
      <div className="buttons">
        <button
          type="button"
          className={isDangerous ? 'danger' : 'primary'}
          disabled={!isReady}
          onClick={() => {
            job.mutate();
          }}
        >
          Confirm: {verb.toLowerCase()} all {count}
        </button>
      </div>
    );
  return (
    <div className="buttons">
      {job.isPending ? (
        <button type="button" disabled={isStopping} onClick={stop}>
          {isStopping ? 'Stopping …' : 'Stop here'}
        </button>
      ) : (
        <button type="button" onClick={onClose}>
          Done
        </button>
      )}
      <output>
        {job.isPending ? `${progress} …` : outcomes.size < count ? `Stopped: ${progress}.` : `${progress}.`}
      </output>
    </div>
  );
}
