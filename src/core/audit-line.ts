import type { AuditEntry, Digest } from '../contracts/audit.ts';
import type { AgentEvent } from '../contracts/event.ts';
import type { Json } from '../contracts/json.ts';
import type { ModelReply } from '../contracts/model.ts';
import type { AgentState } from '../contracts/state.ts';
import { isFollowing } from './fork-calls.ts';
import { hashJson } from './hash.ts';

/** A line of an audit without what all lines of a run have in common. */
export type Line = Omit<AuditEntry, 'version' | 'agent' | 'run'>;

/** One event, with the agent before and after it. */
export interface Step {
  readonly before: AgentState;
  readonly after: AgentState;
  readonly event: AgentEvent;
  /** Whether values are written down rather than their hashes. */
  readonly values: boolean;
}

/** Why something is as it is in a fork that goes the way of another agent: nobody was asked and nothing was done for it. */
export const ON_RECORD = 'on the record of the agent that was forked';

/** What a model has said, now or to the agent whose record a fork follows. */
export function repliedIn({ before, event }: Pick<Step, 'before' | 'event'>): ModelReply | undefined {
  if (event.type === 'model-replied') return event.reply;
  return event.type === 'record-read' && isFollowing(before) ? event.recorded.reply : undefined;
}

/** A line about an agent as it is then; it is the agent's own doing unless it says whose. */
export function note(
  { turn, revision }: AgentState,
  at: number,
  line: Partial<Line> & Pick<Line, 'what'>,
): Line {
  return { at: isoTime(at), turn, revision, who: { name: 'agent' }, ...line };
}

export function digest(value: Json, values: boolean): Digest {
  return values ? { value } : { hash: hashJson(value) };
}

export function textDigest(text: string, values: boolean): Digest {
  return digest(text, values);
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** How lines name a call: its turn and its number in it. The key of a call has a hash of all its arguments, secret ones too. */
export function callName(turn: number, index: number): string {
  return `t${turn}-${index + 1}`;
}
