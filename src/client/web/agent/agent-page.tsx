import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import * as z from 'zod';
import type { TimelineItem } from '../../../contracts/timeline.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import { useAgent } from '../api/agents.ts';
import { takeStatus } from '../api/approvals.ts';
import { pathPart } from '../api/ask.ts';
import { type Live, useLive } from '../api/live.ts';
import { blockOf, useFound, useRefreshTimeline, useTimeline } from '../api/timeline.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { useMedia, wide } from '../controls/media.ts';
import { Link } from '../navigation.tsx';
import { AgentHead } from './agent-head.tsx';
import { AgentOverview } from './agent-overview.tsx';
import { RowDetails } from './row-details.tsx';
import { TimelineList } from './timeline.tsx';
import { TimelineFilter } from './timeline-filter.tsx';
import { PictureButton } from './picture-dialog.tsx';
import { timelineRows, type TimelineView, usageByTurn } from './timeline-rows.ts';
import { WritingNow } from './writing-now.tsx';
import { type Travel, TravelDialog, TravelFromHere } from './travel.tsx';
import { useSettled } from './use-settled.ts';

/** One agent: how it is, why it waits, and all that it did, as it goes on. */
export function AgentPage({ agent }: { readonly agent: string }) {
  // An agent that went back lives anew, also if it had ended: it is followed from there.
  const [life, setLife] = useState(0);
  return (
    <FollowedAgent
      key={life}
      agent={agent}
      onRewound={() => {
        setLife(life + 1);
      }}
    />
  );
}

interface FollowedProps {
  readonly agent: string;
  readonly onRewound: () => void;
}

function FollowedAgent({ agent, onRewound }: FollowedProps) {
  const status = useAgent(agent);
  const news = useAgentNews(agent);
  if (status.data) return <LoadedAgent {...news} status={status.data} onRewound={onRewound} />;
  return (
    <main className="page narrow">
      <p className="back">
        <Link to={{ page: 'agents', filters: {} }}>← Agents</Link>
      </p>
      {status.error ? (
        <ErrorView error={status.error} onRetry={() => void status.refetch()} />
      ) : (
        <Loading what="the agent" />
      )}
    </main>
  );
}

const Words = z.object({ text: z.string() });

/** Takes each new status that the server tells of, and reads the newest turns again with it. */
function useAgentNews(agent: string): { readonly live: Live; readonly words: string } {
  const [words, setWords] = useState('');
  const client = useQueryClient();
  const refreshTimeline = useRefreshTimeline(agent);
  const live = useLive(`/agents/${pathPart(agent)}/events`, {
    status: (data) => {
      const status = StatusDocument.safeParse(data).data;
      if (status === undefined) return;
      takeStatus(client, status);
      refreshTimeline(status.turn);
    },
    words: (data) => {
      setWords(Words.safeParse(data).data?.text ?? '');
    },
  });
  return { live, words };
}

interface LoadedProps {
  readonly status: StatusDocument;
  readonly live: Live;
  /** The end of what the model has written so far, while it writes. */
  readonly words: string;
  readonly onRewound: () => void;
}

function LoadedAgent({ status, live, words, onRewound }: LoadedProps) {
  const { agent, turn } = status;
  const [firstBlock, setFirstBlock] = useState(() => blockOf(turn));
  const [view, setView] = useState<TimelineView>({ show: 'all', search: '', everyChange: false });
  const [selected, setSelected] = useState<string>();
  const [travel, setTravel] = useState<Travel>();
  const turns = useTimeline(agent, firstBlock, turn);
  const search = useSettled(view.search.trim());
  const found = useFound(agent, search);
  const { items, isReading, error } =
    search === ''
      ? turns
      : { items: found.data ?? [], isReading: found.isPending, error: found.error ?? undefined };
  const rows = useMemo(() => timelineRows(items, view), [items, view]);
  const usage = useMemo(() => usageByTurn(items), [items]);
  const chosen = rows.find(({ id }) => id === selected);
  return (
    <main className="agent-page">
      <div className="agent-main">
        <AgentHead status={status} live={live} onTravel={setTravel} />
        <div className="timeline-head">
          <h2>Timeline</h2>
          {firstBlock > 0 && search === '' && (
            <button
              type="button"
              className="ghost"
              disabled={isReading}
              onClick={() => {
                setFirstBlock(firstBlock - 1);
              }}
            >
              Earlier turns
            </button>
          )}
          <TimelineFilter view={view} onChange={setView} />
          <PictureButton agent={agent} />
        </div>
        {error && <ErrorView error={error} />}
        {isReading && rows.length === 0 && <Loading what="the timeline" />}
        {!isReading && rows.length === 0 && <p className="quiet">Nothing of this happened.</p>}
        <TimelineList {...{ rows, usage, selected }} onSelect={setSelected} />
        <WritingNow words={words} />
      </div>
      {travel && (
        <TravelDialog
          {...{ status, travel, onRewound }}
          onClose={() => {
            setTravel(undefined);
          }}
        />
      )}
      <SidePane
        {...{ status, chosen, items }}
        onTravel={setTravel}
        onClose={() => {
          setSelected(undefined);
        }}
      />
    </main>
  );
}

interface SidePaneProps {
  readonly status: StatusDocument;
  readonly chosen: TimelineItem | undefined;
  readonly items: readonly TimelineItem[];
  readonly onTravel: (travel: Travel) => void;
  readonly onClose: () => void;
}

/** The agent as a whole, or the line of the timeline that is chosen; where there is no room, that covers the page. */
function SidePane({ status, chosen, items, onTravel, onClose }: SidePaneProps) {
  const isWide = useMedia(wide);
  if (!chosen)
    return (
      <aside className="side-pane" aria-label="Overview">
        <AgentOverview status={status} />
      </aside>
    );
  return (
    <aside
      className={isWide ? 'side-pane' : 'side-pane over'}
      aria-label="Details of the chosen line"
      tabIndex={0}
    >
      <button type="button" className="ghost close" onClick={onClose}>
        Close
      </button>
      <RowDetails item={chosen} agent={status.agent}>
        <TravelFromHere item={chosen} items={items} onTravel={onTravel} />
      </RowDetails>
    </aside>
  );
}
