import { EmptyState } from '../controls/empty-state.tsx';
import { Link } from '../navigation.tsx';

/** An address that leads nowhere. */
export function UnknownPage() {
  return (
    <main className="page narrow">
      <EmptyState
        title="There is no such page"
        action={<Link to={{ page: 'inbox', view: 'all' }}>Go to the inbox</Link>}
      >
        The address may be mistyped, or of another version of these pages.
      </EmptyState>
    </main>
  );
}
