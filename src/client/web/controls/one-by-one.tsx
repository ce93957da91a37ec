import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

interface Work<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Gives what came of it, in words. */
  readonly act: (item: Item) => Promise<string>;
  readonly onSettled?: () => unknown;
}

/** One item after the other. What came of each is kept by its key; why it failed is what came of one that did. */
export function useOneByOne<Item>({ items, keyOf, act, onSettled }: Work<Item>) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, string>>(new Map());
  const job = useMutation({
    mutationFn: async () => {
      for (const item of items) {
        const said = await act(item).catch((error: unknown) =>
          error instanceof Error ? error.message : String(error),
        );
        setOutcomes((known) => new Map(known).set(keyOf(item), said));
      }
    },
    onSettled: () => onSettled?.(),
  });
  return { outcomes, job };
}

interface ButtonsProps {
  readonly work: Pick<ReturnType<typeof useOneByOne>, 'outcomes' | 'job'>;
  readonly count: number;
  readonly verb: string;
  readonly isDangerous: boolean;
  readonly isReady?: boolean;
  /** What has happened to those that are done, while others are not. */
  readonly done: string;
  readonly onClose: () => void;
}

/** Begins the work, says how far it is, and closes when it is over. */
export function OneByOneButtons({
  work: { outcomes, job },
  count,
  verb,
  isDangerous,
  isReady = true,
  done,
  onClose,
}: ButtonsProps) {
  return (
    <div className="buttons">
      {job.isIdle ? (
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
      ) : (
        <button type="button" disabled={job.isPending} onClick={onClose}>
          {job.isPending ? `${outcomes.size} of ${count} ${done} …` : 'Done'}
        </button>
      )}
    </div>
  );
}
