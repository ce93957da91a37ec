import type { AgentEvent } from '../../src/contracts/event.ts';
import { RunRecord } from '../../src/core/run-record.ts';

/** A run that went through these events and nothing else. */
export class ToldRun extends RunRecord {
  tell(events: readonly AgentEvent[]): this {
    for (const event of events) this.apply(event);
    return this;
  }
}
