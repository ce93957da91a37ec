import { useState } from 'react';
import * as z from 'zod';
import { type AgentFilters, hrefOf, parseRoute } from '../route.ts';

const key = 'perdure.agent-filters';
/** More would be a list to search in. */
export const MAX_SAVED = 20;
const Addresses = z.array(z.string());

/** What this browser keeps, as addresses of the list of agents; whatever else stands there is left out. */
export function savedIn(text: string | null): AgentFilters[] {
  const addresses = Addresses.safeParse(parsed(text)).data ?? [];
  const filters = addresses.flatMap((address) => {
    const route = parseRoute('/agents', address.replace(/^\/agents/, ''));
    return route.page === 'agents' && !isEmpty(route.filters) ? [route.filters] : [];
  });
  return filters.slice(0, MAX_SAVED);
}

export function isEmpty(filters: AgentFilters): boolean {
  return Object.keys(filters).length === 0;
}

/** Filters that somebody keeps in this browser, the newest last. Where a browser keeps nothing they last as long as the page. */
export function useSavedFilters(): {
  readonly saved: readonly AgentFilters[];
  readonly keep: (all: readonly AgentFilters[]) => void;
} {
  const [saved, setSaved] = useState<readonly AgentFilters[]>(() => savedIn(stored()));
  const keep = (all: readonly AgentFilters[]): void => {
    setSaved(all);
    try {
      localStorage.setItem(key, JSON.stringify(all.map((filters) => hrefOf({ page: 'agents', filters }))));
    } catch {
      // No room, or not allowed.
    }
  };
  return { saved, keep };
}

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
}
