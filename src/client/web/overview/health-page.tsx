import type { Health, QueueHealth } from '../../../contracts/overview.ts';
import { useHealth } from '../api/overview.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { Loading } from '../controls/loading.tsx';
import { Link } from '../navigation.tsx';
import { durationText } from '../text/duration.ts';
import { Age } from '../text/times.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';

/** Whether agents can go on, as Temporal knows it. */
export function HealthPage() {
  const health = useHealth();
  return (
    <main className="page">
      <h1>Health</h1>
      {health.error && <ErrorView error={health.error} onRetry={() => void health.refetch()} />}
      {health.isPending && <Loading what="how things are" />}
      {health.data && <Loaded health={health.data} />}
    </main>
  );
}

function Loaded({ health }: { readonly health: Health }) {
  const { version, namespace, queues, agents, archive } = health;
  return (
    <>
      <p className="quiet">
        Perdure {version}, Temporal’s namespace <UntrustedText text={namespace} />.{' '}
        {archive
          ? 'What Temporal no longer has is read from the archive.'
          : 'No archive: what Temporal no longer has is gone.'}
      </p>
      <ul className="cards">
        {queues.map((queue) => (
          <li key={queue.kind}>
            <Queue queue={queue} />
          </li>
        ))}
      </ul>
      <h2>Agents</h2>
      <div className="counts">
        <Counts
          title="By status"
          counts={agents.byStatus}
          filtersOf={(status) => ({ status })}
          none="There are none."
        />
        <Counts
          title="What they wait for"
          counts={agents.waitingFor}
          filtersOf={(waitingFor) => ({ waitingFor })}
          none="None waits."
        />
      </div>
      <p className="quiet">
        {agents.pendingApprovals} approvals are open. Temporal’s index is some moments behind, and of agents
        that have ended it has those within its retention.
      </p>
    </>
  );
}

const queueWords: Readonly<Record<QueueHealth['kind'], string>> = {
  agents: 'Agents',
  models: 'Models and quick tools',
  tools: 'Tools',
};

function Queue({ queue: { name, kind, workers, waiting, oldestMs } }: { readonly queue: QueueHealth }) {
  return (
    <>
      <header>
        <h2>{queueWords[kind]}</h2>
        <code>
          <UntrustedText text={name} />
        </code>
      </header>
      <p className={waiting > 0 && workers.length === 0 ? 'problem' : ''}>
        {waiting === 0 ? 'Nothing waits for a worker.' : `About ${waiting} wait, the oldest for `}
        {waiting > 0 && durationText(oldestMs)}
      </p>
      {workers.length === 0 ? (
        <p className="problem">No worker takes from it: start one, perdure doctor says what is missing.</p>
      ) : (
        <ul className="plain">
          {workers.map(({ identity, seenAt }) => (
            <li key={identity}>
              <code>
                <UntrustedText text={identity} />
              </code>{' '}
              {seenAt !== undefined && (
                <span className="quiet">
                  asked <Age at={seenAt} /> ago
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface CountsProps {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly filtersOf: (name: string) => { status: string } | { waitingFor: string };
  readonly none: string;
}

function Counts({ title, counts, filtersOf, none }: CountsProps) {
  const entries = Object.entries(counts);
  return (
    <section>
      <h3>{title}</h3>
      {entries.length === 0 && <p className="quiet">{none}</p>}
      <ul className="plain">
        {entries.map(([name, count]) => (
          <li key={name}>
            <Link to={{ page: 'agents', filters: filtersOf(name) }}>
              {count.toLocaleString()} <UntrustedText text={name.replaceAll('_', ' ')} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
