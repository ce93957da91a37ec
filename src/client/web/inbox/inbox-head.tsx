import type { Live } from '../api/live.ts';
import { LiveMark } from '../controls/live-mark.tsx';

interface Props {
  readonly count: number;
  readonly words: string;
  readonly live: Live;
  readonly fresh: number;
  readonly onWords: (words: string) => void;
  readonly onShow: () => void;
}

/** How many wait, a filter, and what has come since the list was last looked at. */
export function InboxHead({ count, words, live, fresh, onWords, onShow }: Props) {
  return (
    <header className="list-head">
      <div className="list-title">
        <h1>
          Inbox <span className="count">{count}</span>
        </h1>
        <LiveMark live={live} />
      </div>
      <input
        type="search"
        placeholder="Filter by agent, tool, words …"
        aria-label="Filter the inbox"
        value={words}
        onChange={(event) => {
          onWords(event.target.value);
        }}
      />
      <div aria-live="polite">
        {fresh > 0 && (
          <button type="button" className="fresh" onClick={onShow}>
            {fresh} new — show
          </button>
        )}
      </div>
    </header>
  );
}
