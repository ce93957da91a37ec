import { Link } from '../navigation.tsx';
import type { InboxView, OpenView } from '../route.ts';
import { namedViews } from './inbox-views.ts';

interface Props {
  readonly view: InboxView;
  /** Of what is open; what was decided is not counted. */
  readonly counts?: Readonly<Record<OpenView, number>> | undefined;
}

/** The views of the inbox. */
export function InboxNav({ view, counts }: Props) {
  return (
    <nav className="views" aria-label="Views of the inbox">
      {namedViews.map(({ view: one, name }) => (
        <Link key={one} to={{ page: 'inbox', view: one }} isCurrent={one === view}>
          {name} <span className="count">{one === 'decided' ? '' : (counts?.[one] ?? '')}</span>
        </Link>
      ))}
    </nav>
  );
}
