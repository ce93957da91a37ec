/** Where in the admin pages somebody is. Ids may hold any character, also a `/`, so each is one part of the path, encoded. */
export type Route =
  | { readonly page: 'inbox'; readonly view: InboxView }
  | { readonly page: 'approval'; readonly agent: string; readonly approval: string }
  | { readonly page: 'agents'; readonly filters: AgentFilters }
  | { readonly page: 'agent'; readonly agent: string }
  | { readonly page: 'definitions' | 'schedules' | 'health' }
  | { readonly page: 'sign-in' }
  | { readonly page: 'unknown' };

/** What is still open, by whose it is. */
export const openViews = ['mine', 'claimable', 'all'] as const;
export type OpenView = (typeof openViews)[number];
export const inboxViews = [...openViews, 'decided'] as const;
export type InboxView = (typeof inboxViews)[number];

/** Pages without anything to choose in their address. */
const plainPages = ['definitions', 'schedules', 'health'] as const;

export const agentFilterNames = ['status', 'waitingFor', 'definition'] as const;
export type AgentFilters = { readonly [Name in (typeof agentFilterNames)[number]]?: string };

/** The route that an address means. */
export function parseRoute(path: string, search: string): Route {
  const parts = path.split('/').slice(1).map(decoded);
  const query = new URLSearchParams(search);
  const [first = '', id, third, approval] = parts;
  if (first === '' && parts.length === 1) return { page: 'inbox', view: inboxView(query.get('view')) };
  if (first === 'sign-in' && parts.length === 1) return { page: 'sign-in' };
  const plain = plainPages.find((page) => page === first);
  if (plain !== undefined && parts.length === 1) return { page: plain };
  if (first !== 'agents') return { page: 'unknown' };
  if (parts.length === 1) return { page: 'agents', filters: agentFilters(query) };
  if (id === undefined || id === '') return { page: 'unknown' };
  if (parts.length === 2) return { page: 'agent', agent: id };
  if (parts.length === 4 && third === 'approvals' && approval !== undefined && approval !== '')
    return { page: 'approval', agent: id, approval };
  return { page: 'unknown' };
}

/** The address of a route: what `parseRoute` reads. */
export function hrefOf(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'inbox':
      return route.view === 'all' ? '/' : `/?view=${route.view}`;
    case 'sign-in':
    case 'definitions':
    case 'schedules':
    case 'health':
      return `/${route.page}`;
    case 'agents': {
      const query = new URLSearchParams();
      for (const name of agentFilterNames) {
        const value = route.filters[name];
        if (value !== undefined && value !== '') query.set(name, value);
      }
      return query.size === 0 ? '/agents' : `/agents?${query.toString()}`;
    }
    case 'agent':
      return `/agents/${encodeURIComponent(route.agent)}`;
    case 'approval':
      return `/agents/${encodeURIComponent(route.agent)}/approvals/${encodeURIComponent(route.approval)}`;
  }
}

function inboxView(text: string | null): InboxView {
  return inboxViews.find((view) => view === text) ?? 'all';
}

function agentFilters(query: URLSearchParams): AgentFilters {
  const given = agentFilterNames.flatMap((name) => {
    const value = query.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

/** An address that somebody typed may be no encoding at all. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
