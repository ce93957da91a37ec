import type { Live } from '../api/live.ts';

const words = { connecting: 'connecting', live: 'live', trouble: 'not live' } as const;

/** Whether what is shown follows what happens; in words, with a sign beside them. */
export function LiveMark({ live: { connection, detail } }: { readonly live: Live }) {
  return (
    <span className={`live-mark ${connection}`} role="status" title={detail}>
      {words[connection]}
    </span>
  );
}
