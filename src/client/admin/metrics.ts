import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AgentCounts } from '../agent-counts.ts';
import { GatewayError } from '../gateway-error.ts';

/** Scrapers come every 15 seconds or so; several of them, and people who look, cost Temporal no more than one. */
const COUNTS_FRESH_MS = 10_000;

/** Each look at the event loop wakes the process. */
const LAG_RESOLUTION_MS = 200;

/** From an answer out of memory to one that has waited for a worker. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** What the admin server counts, and how it is written for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #count: () => Promise<AgentCounts>;
  #counted: Promise<AgentCounts | undefined> | undefined;
  #countedAt = -Infinity;

  readonly requests = new Counter({
    name: 'perdure_http_requests_total',
    help: 'HTTP requests that were answered, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [this.#registry],
  });

  readonly durations = new Histogram({
    name: 'perdure_http_request_duration_seconds',
    help: 'Time until an HTTP request was answered; streams of events are not in it',
    labelNames: ['method', 'route'],
    buckets,
    registers: [this.#registry],
  });

  readonly streams = new Gauge({
    name: 'perdure_event_streams',
    help: 'Streams of server-sent events that are open',
    registers: [this.#registry],
  });

  readonly webhooks = new Counter({
    name: 'perdure_webhooks_total',
    help: 'Webhooks for a hook that there is: accepted, repeated, or refused because of signature or time',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });

  readonly #temporal = new Gauge({
    name: 'perdure_temporal_up',
    help: 'Whether Temporal has answered the questions behind the counts of agents',
    registers: [this.#registry],
  });

  readonly #agents = new Gauge({
    name: 'perdure_agents',
    help: 'Agents by status; those that have ended as long as Temporal keeps them',
    labelNames: ['status'],
    registers: [this.#registry],
  });

  readonly #waiting = new Gauge({
    name: 'perdure_agents_waiting',
    help: 'Open agents by what they wait for; one may wait for several things',
    labelNames: ['kind'],
    registers: [this.#registry],
  });

  readonly #approvals = new Gauge({
    name: 'perdure_pending_approvals',
    help: 'Approvals and questions that are open',
    registers: [this.#registry],
  });

  constructor(count: () => Promise<AgentCounts>) {
    this.#count = count;
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_RESOLUTION_MS });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Without the counts of agents when Temporal can't be asked: no number is better than an old one. */
  async text(): Promise<string> {
    const counts = await this.#freshCounts();
    this.#temporal.set(counts === undefined ? 0 : 1);
    this.#agents.reset();
    this.#waiting.reset();
    this.#approvals.remove();
    for (const [status, value] of counts?.byStatus ?? []) this.#agents.set({ status }, value);
    for (const [kind, value] of counts?.waitingFor ?? []) this.#waiting.set({ kind }, value);
    if (counts) this.#approvals.set(counts.pendingApprovals);
    return this.#registry.metrics();
  }

  #freshCounts(): Promise<AgentCounts | undefined> {
    const now = performance.now();
    if (this.#counted === undefined || now - this.#countedAt > COUNTS_FRESH_MS) {
      this.#countedAt = now;
      this.#counted = this.#count().catch((error: unknown) => {
        if (error instanceof GatewayError) return undefined;
        throw error;
      });
    }
    return this.#counted;
  }
}
