import { useEffect, useRef, useState } from 'react';
import * as z from 'zod';

export type Connection = 'connecting' | 'live' | 'trouble';

const REOPEN_MS = 5_000;

export type Handlers = Readonly<Record<string, (data: unknown) => void>>;

const ProblemEvent = z.object({ detail: z.string() });

export interface Live {
  readonly connection: Connection;
  /** What the server said is wrong, if it did. */
  readonly detail: string | undefined;
}

/**
 * Follows server-sent events while the page can be seen: a browser opens only six connections to a server, and each tab
 * takes one. The browser comes back by itself, with the id of the last event, after every end but that of an agent.
 */
export function useLive(path: string | undefined, handlers: Handlers): Live {
  const [live, setLive] = useState<Live>({ connection: 'connecting', detail: undefined });
  const newest = useRef(handlers);
  useEffect(() => {
    newest.current = handlers;
  });
  const names = Object.keys(handlers).join(' ');
  useEffect(() => {
    if (path === undefined) return undefined;
    let source: EventSource | undefined;
    let later: number | undefined;
    const open = (): void => {
      window.clearTimeout(later);
      source?.close();
      if (document.visibilityState === 'hidden') return;
      source = openSource(path, names.split(' '), newest, setLive);
      // A browser gives up for good where a server, or what stands before it, answers with anything but a stream.
      source.addEventListener('error', () => {
        if (source?.readyState === EventSource.CLOSED) later = window.setTimeout(open, REOPEN_MS);
      });
    };
    open();
    document.addEventListener('visibilitychange', open);
    return () => {
      document.removeEventListener('visibilitychange', open);
      window.clearTimeout(later);
      source?.close();
    };
  }, [path, names]);
  return live;
}

function openSource(
  path: string,
  names: readonly string[],
  handlers: { readonly current: Handlers },
  setLive: (live: Live) => void,
): EventSource {
  const source = new EventSource(`/api/v1${path}`);
  source.addEventListener('open', () => {
    setLive({ connection: 'live', detail: undefined });
  });
  source.addEventListener('error', () => {
    setLive({ connection: 'trouble', detail: undefined });
  });
  source.addEventListener('problem', (event) => {
    setLive({ connection: 'trouble', detail: ProblemEvent.safeParse(dataOf(event)).data?.detail });
  });
  source.addEventListener('end', () => {
    source.close();
    setLive({ connection: 'live', detail: undefined });
  });
  for (const name of names)
    source.addEventListener(name, (event) => {
      setLive({ connection: 'live', detail: undefined });
      handlers.current[name]?.(dataOf(event));
    });
  return source;
}

function dataOf(event: Event): unknown {
  const data: unknown = event instanceof MessageEvent ? event.data : undefined;
  try {
    return typeof data === 'string' ? (JSON.parse(data) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
