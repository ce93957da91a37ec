import type { Live } from '../api/live.ts';
import { LiveMark } from '../controls/live-mark.tsx';
import { Link } from '../navigation.tsx';
import type { InboxView } from '../route.ts';
import { namedViews } from './inbox-views.ts';

interface Props {
  readonly view: InboxView;
  readonly counts: Readonly<Record<InboxView, number>> | undefined;
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
      <nav className="views" aria-label="Views of the inbox">
        {namedViews.map(({ view: one, name }) => (
          <Link key={one} to={{ page: 'inbox', view: one }} isCurrent={one === view}>
            {name} <span className="count">{counts?.[one] ?? ''}</span>
          </Link>
        ))}
      </nav>
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
