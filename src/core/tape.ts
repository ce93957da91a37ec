import * as z from 'zod';
import type { AgentEvent } from '../contracts/event.ts';
import type { WantedCall } from '../contracts/command.ts';
import type { ModelReply } from '../contracts/model.ts';
import { CallOutcome, type ContextEntry, type RecordedCall, type RecordedTurn } from '../contracts/state.ts';
import { advance } from './advance.ts';
import { isTold } from './compaction.ts';
import { hashJson } from './hash.ts';
import type { RunRecord } from './run-record.ts';

/** What an agent went through in all of its runs, turn by turn, for a fork that goes the same way. */
export interface Tape {
  readonly turns: ReadonlyMap<number, RecordedTurn>;
  /** By the tool's name and the hash of the arguments. */
  readonly calls: ReadonlyMap<string, readonly RecordedCall[]>;
  readonly lastTurn: number;
}

/** What is needed of a run. */
type Lived = Pick<RunRecord, 'initial' | 'state' | 'events' | 'entries'>;

/** The runs from the first one on. */
export function tapeOf(runs: readonly Lived[]): Tape {
  const replies = new Map<number, ModelReply>();
  const entries: ContextEntry[] = [];
  for (const run of runs) {
    for (const [turn, reply] of repliesOf(run)) replies.set(turn, reply);
    // What was in the context when the run began is what runs before it have added.
    entries.push(...(entries.length === 0 ? run.entries : run.entries.slice(run.initial.context.length)));
  }
  const lastTurn = runs.at(-1)?.state.turn ?? 0;
  const byTurn = Map.groupBy(entries, ({ turn }) => turn);
  const turns = new Map<number, RecordedTurn>();
  for (let turn = 1; turn <= lastTurn; turn += 1) {
    const said = byTurn.get(turn) ?? [];
    const reply = replies.get(turn);
    turns.set(turn, {
      turn,
      read: readBefore(said, reply),
      ...(reply ? { reply } : {}),
      calls: reply ? callsOf(turn, reply, said) : [],
      goesOn: turn < lastTurn,
    });
  }
  const calls = Map.groupBy(
    [...turns.values()].flatMap((turn) => turn.calls),
    keyOf,
  );
  return { turns, calls, lastTurn };
}

/** The reply that each turn went on with. */
function repliesOf(run: Lived): Map<number, ModelReply> {
  const replies = new Map<number, ModelReply>();
  let state = run.initial;
  for (const event of run.events) {
    const next = advance(state, event);
    // An answer that nobody waited for any more changes nothing.
    const reply = next === state ? undefined : replyIn(event);
    if (reply) replies.set(state.turn, reply);
    state = next;
  }
  return replies;
}

function replyIn(event: AgentEvent): ModelReply | undefined {
  if (event.type === 'record-read') return event.recorded.reply;
  if (event.type !== 'model-replied') return undefined;
  const { rated: _ofTheWorker, ...reply } = event.reply;
  return reply;
}

/** What was told before the model spoke. One that said nothing was told so, and that ended the turn. */
function readBefore(said: readonly ContextEntry[], reply: ModelReply | undefined): ContextEntry[] {
  const spoke = said.findIndex(({ message }) => message.role === 'assistant');
  if (spoke >= 0) return said.slice(0, spoke).filter(isTold);
  return (reply ? said.slice(0, -1) : said).filter(isTold);
}

/** Results are told in the order of the calls, once all have ended. */
function callsOf(turn: number, reply: ModelReply, said: readonly ContextEntry[]): RecordedCall[] {
  const told = said.flatMap(({ message }) => (message.role === 'tool' ? [message.text] : []));
  if (told.length !== reply.calls.length) return [];
  return reply.calls.map(({ name, args }, index) => ({
    turn,
    index,
    name,
    argsHash: hashJson(args.type === 'parsed' ? args.value : {}),
    outcome: outcomeIn(told[index] ?? ''),
  }));
}

const Told = z.looseObject({ ok: z.boolean() });

/** What the model was told, read back; of a result that was too long it was told the beginning. */
function outcomeIn(text: string): CallOutcome {
  const json: unknown = JSON.parse(text);
  const whole = CallOutcome.safeParse(json);
  if (whole.success) return whole.data;
  const { ok: _, ...beginning } = Told.parse(json);
  return { ok: true, result: z.json().parse(beginning) };
}

/** What became of such a call: the one in the same place, else the next one after it, else the last one before. */
export function recalled(tape: Tape, wanted: WantedCall): CallOutcome | undefined {
  const same = tape.calls.get(keyOf(wanted)) ?? [];
  const isBefore = (call: WantedCall): boolean =>
    call.turn < wanted.turn || (call.turn === wanted.turn && call.index < wanted.index);
  return (same.find((call) => !isBefore(call)) ?? same.at(-1))?.outcome;
}

function keyOf({ name, argsHash }: WantedCall): string {
  return `${name} ${argsHash}`;
}
