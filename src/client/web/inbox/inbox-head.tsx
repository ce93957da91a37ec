import type { Live } from '../api/live.ts';
import { LiveMark } from '../controls/live-mark.tsx';
import type { OpenView } from '../route.ts';
import { InboxNav } from './inbox-nav.tsx';

interface Props {
  readonly view: OpenView;
  readonly counts: Readonly<Record<OpenView, number>> | undefined;
  readonly words: string;
  readonly live: Live;
  readonly fresh: number;
  readonly onWords: (words: string) => void;
  readonly onShow: () => void;
}

/** Whose approvals, how many, a filter, and what has come since the list was last looked at. */
export function InboxHead({ view, counts, words, live, fresh, onWords, onShow }: Props) {
  return (
    <header className="list-head">
      <div className="list-title">
        <h1>Inbox</h1>
        <LiveMark live={live} />
      </div>
      <InboxNav view={view} counts={counts} />
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
