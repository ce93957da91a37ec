import { useState } from 'react';
import { useMayActAs, useMe } from '../api/session.ts';
import { useAgents, useHasAgents } from '../api/agents.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { Link } from '../navigation.tsx';
import { StartDialog } from '../start/start-dialog.tsx';
import type { AgentFilters } from '../route.ts';
import { visibleText } from '../text/visible-text.ts';
import { AgentFilterBar } from './agent-filter-bar.tsx';
import { AgentsBar } from './agents-bar.tsx';
import { AgentList } from './agent-list.tsx';
import { SavedFilterList } from './saved-filter-list.tsx';

/** Every agent that Temporal still knows, newest first. */
export function AgentsPage({ filters }: { readonly filters: AgentFilters }) {
  const agents = useAgents(filters);
  const [isStarting, setIsStarting] = useState(false);
  const mayStart = useMayActAs('operator');
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const check = (agent: string, isChecked: boolean): void => {
    setChecked((known) => new Set(isChecked ? [...known, agent] : [...known].filter((one) => one !== agent)));
  };
  const rows = agents.data?.pages.flatMap((page) => page.agents) ?? [];
  return (
    <main className="agents-page">
      <header className="list-head">
        <div className="list-title">
          <h1>Agents</h1>
          <button
            type="button"
            disabled={!mayStart}
            title={mayStart ? undefined : 'Starting an agent needs the role operator.'}
            onClick={() => {
              setIsStarting(true);
            }}
          >
            Start an agent
          </button>
        </div>
        <AgentFilterBar filters={filters} />
        <SavedFilterList filters={filters} />
      </header>
      {agents.error && <ErrorView error={agents.error} onRetry={() => void agents.refetch()} />}
      {agents.isPending && <Loading what="the agents" />}
      {agents.data && rows.length === 0 && <NoAgents filters={filters} />}
      {rows.length > 0 && (
        <AgentList
          rows={rows}
          hasMore={agents.hasNextPage}
          isReading={agents.isFetchingNextPage}
          onMore={() => void agents.fetchNextPage()}
          checked={checked}
          onCheck={mayStart ? check : undefined}
        />
      )}
      <AgentsBar
        agents={[...checked]}
        onDone={() => {
          setChecked(new Set());
        }}
      />
      {isStarting && (
        <StartDialog
          definition={filters.definition}
          onClose={() => {
            setIsStarting(false);
          }}
        />
      )}
    </main>
  );
}

function NoAgents({ filters }: { readonly filters: AgentFilters }) {
  const isFiltered = Object.keys(filters).length > 0;
  const hasAgents = useHasAgents(isFiltered);
  const { data: me } = useMe();
  if (isFiltered && hasAgents === true)
    return (
      <EmptyState
        title="No agent fits"
        action={<Link to={{ page: 'agents', filters: {} }}>Show all agents</Link>}
      >
        There are agents, but none that fits all of these filters.
      </EmptyState>
    );
  if (me !== undefined && me.agents.length > 0)
    return (
      <EmptyState title="None within your reach">
        You see only agents whose id begins with {me.agents.map(visibleText).join(' or ')}. Whoever makes
        tokens can widen that.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No agent has been started yet"
      action={<code className="command">perdure start invoice-desk "Work through the invoices."</code>}
    >
      Agents appear here as soon as one is started, from wherever that is done:
    </EmptyState>
  );
}
