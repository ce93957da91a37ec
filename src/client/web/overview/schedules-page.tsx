import type { ScheduleRow } from '../../../contracts/overview.ts';
import { useSchedules } from '../api/overview.ts';
import { Badge } from '../controls/badge.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { At } from '../text/times.tsx';
import { ScheduleActions } from './schedule-actions.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

/** What starts agents or speaks to them by the clock. It is changed with the command line, and from definitions. */
export function SchedulesPage() {
  const schedules = useSchedules();
  const list = schedules.data?.schedules ?? [];
  return (
    <main className="page">
      <h1>Schedules</h1>
      <p className="quiet">
        Temporal keeps them. <code>perdure schedule</code> makes, changes and removes them.
      </p>
      {schedules.error && <ErrorView error={schedules.error} onRetry={() => void schedules.refetch()} />}
      {schedules.isPending && <Loading what="the schedules" />}
      {schedules.data && list.length === 0 && (
        <EmptyState
          title="There are no schedules"
          action={
            <code className="command">perdure schedule create nightly --start invoice-desk --every 24h</code>
          }
        >
          Nothing starts an agent or speaks to one by the clock. Make one:
        </EmptyState>
      )}
      <ul className="cards">
        {list.map((one) => (
          <li key={one.schedule}>
            <Schedule row={one} />
          </li>
        ))}
      </ul>
    </main>
  );
}

function Schedule({ row }: { readonly row: ScheduleRow }) {
  const { schedule, definition, paused, note, workflow, times, next, last } = row;
  return (
    <>
      <header>
        <h2>
          <UntrustedText text={schedule} />
        </h2>
        <Badge tone={paused ? 'waiting' : 'active'}>{paused ? 'paused' : 'active'}</Badge>
      </header>
      <p>
        <UntrustedText text={times.join('; ')} />
      </p>
      <p className="quiet">
        starts <UntrustedText text={workflow} />
        {definition !== undefined && (
          <>
            {' · of the definition '}
            <UntrustedText text={definition} />
          </>
        )}
        {note !== undefined && (
          <>
            {' · '}
            <UntrustedText text={note} />
          </>
        )}
      </p>
      <p className="quiet">
        {next !== undefined && !paused && (
          <>
            Next <At at={next} />.{' '}
          </>
        )}
        {last === undefined ? (
          'It has started nothing yet.'
        ) : (
          <>
            Last started <UntrustedText text={last.started} />, <At at={last.takenAt} />.
          </>
        )}
      </p>
      <ScheduleActions row={row} />
    </>
  );
}
