import type { ListedAgent, PendingApproval } from '../contracts/answers.ts';

/** What the index does not tell of, such as a claim that came past this process, is seen within this. */
const FRESH_MS = 60_000;
/** About 3 KB each. */
const MAX_AGENTS = 5_000;

interface Known {
  readonly row: string;
  readonly readAt: number;
  readonly approvals: readonly PendingApproval[];
}

/**
 * What agents have said that they ask, for as long as their rows in the index stay what they were: a question that comes or goes
 * changes the row. It saves an inbox of a thousand agents from asking each of them again and again.
 */
export class KnownApprovals {
  readonly #known = new Map<string, Known>();

  find(row: ListedAgent, now: number): readonly PendingApproval[] | undefined {
    const known = this.#known.get(row.agent);
    if (known?.row !== JSON.stringify(row) || now - known.readAt > FRESH_MS) return undefined;
    return known.approvals;
  }

  keep(row: ListedAgent, approvals: readonly PendingApproval[], readAt: number): void {
    this.#known.delete(row.agent);
    this.#known.set(row.agent, { row: JSON.stringify(row), readAt, approvals });
    // The first one is the one that was read the longest time ago.
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_AGENTS && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Something was sent to the agent, so that it may ask something else now. */
  forget(agent: string): void {
    this.#known.delete(agent);
  }
}
