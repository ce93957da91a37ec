import { type MouseEvent, type ReactNode, useMemo, useSyncExternalStore } from 'react';
import { hrefOf, parseRoute, type Route } from './route.ts';

type KnownRoute = Exclude<Route, { page: 'unknown' }>;

const moved = new EventTarget();

/** Goes to a page of ours without loading it anew. */
export function goTo(route: KnownRoute, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', hrefOf(route));
  else {
    history.pushState(null, '', hrefOf(route));
    scrollTo(0, 0);
  }
  moved.dispatchEvent(new Event('move'));
}

/** The route of the address, followed as it changes. */
export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  return useMemo(() => {
    const [path = '', search = ''] = address.split('?');
    return parseRoute(path, search);
  }, [address]);
}

function subscribe(onChange: () => void): () => void {
  moved.addEventListener('move', onChange);
  addEventListener('popstate', onChange);
  return () => {
    moved.removeEventListener('move', onChange);
    removeEventListener('popstate', onChange);
  };
}

interface LinkProps {
  readonly to: KnownRoute;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  /** Of several links that choose a view: this one's is shown. */
  readonly isCurrent?: boolean;
  readonly title?: string;
  /** What a plain click does instead of going there. */
  readonly onPlainClick?: () => void;
}

/** A real link, which also opens in another tab; a plain click stays on this page. */
export function Link({ to, children, className, isCurrent = false, title, onPlainClick }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (onPlainClick) onPlainClick();
    else goTo(to);
  };
  return (
    <a
      href={hrefOf(to)}
      onClick={follow}
      className={className}
      title={title}
      {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
    >
      {children}
    </a>
  );
}
