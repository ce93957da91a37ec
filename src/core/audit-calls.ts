import * as z from 'zod';
import { Json } from '../contracts/json.ts';
import type { AgentEvent } from '../contracts/event.ts';
import type { AgentState, ToolCall } from '../contracts/state.ts';
import { callName, digest, type Line, note, ON_RECORD, repliedIn, type Step } from './audit-line.ts';
import { addedSince, outcomeText } from './context.ts';
import { isOwn } from './fork-calls.ts';
import { manifestOf } from './manifest.ts';
import { withoutSecrets } from './redact.ts';
import { verdictOn } from './verdict.ts';

/** An outcome as the model was told it; a long one is cut there, and here as well. */
const ToldOutcome = z.object({
  ok: z.boolean(),
  result: Json.optional(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  doneBy: z.string().optional(),
  preview: z.string().optional(),
});

/** What became of the calls of a run. A state forgets its calls when their turn ends, so it is noted which have had their line. */
export class AuditedCalls {
  readonly #values: boolean;
  readonly #ended = new Set<string>();

  constructor({ turn, calls }: AgentState, values: boolean) {
    this.#values = values;
    for (const { index, status } of calls) if (status === 'done') this.#ended.add(callName(turn, index));
  }

  /** Calls that a model, or the agent for its crew, has asked for. */
  proposed({ before, after, event }: Step): Line[] {
    const who = { name: repliedIn({ before, event })?.model ?? 'agent' };
    return (addedSince(before, after) ?? []).flatMap(({ turn, message }) => {
      if (message.role !== 'assistant') return [];
      return message.calls.map(({ name, args }, index) => ({
        ...note(after, event.at, { what: 'call.proposed', who, call: callName(turn, index), tool: name }),
        ...(isRead(event) ? { why: ON_RECORD } : {}),
        turn,
        args: digest(
          args.type === 'malformed' ? args.text : withoutSecrets(args.value, inputOf(after, name)),
          this.#values,
        ),
      }));
    });
  }

  /** Calls that began, and calls that ended. */
  changed(step: Step): Line[] {
    const { before, after } = step;
    const started = after.calls.flatMap((call) => {
      const earlier =
        after.turn === before.turn ? before.calls.find(({ index }) => index === call.index) : undefined;
      const isNew = earlier?.status !== 'running' || earlier.round !== call.round;
      return call.status === 'running' && isNew ? [this.#started(step, call)] : [];
    });
    const ended = after.calls.flatMap((call) =>
      call.status === 'done'
        ? this.#end(step, { turn: after.turn, index: call.index, tool: call.name }, outcomeText(call.outcome))
        : [],
    );
    return [...started, ...ended, ...this.#concluded(step)];
  }

  /** At the end of a turn the results of all its calls come to the conversation, in their order; to a fork those of many turns at once. */
  #concluded(step: Step): Line[] {
    const told = new Map<number, number>();
    return (addedSince(step.before, step.after) ?? []).flatMap(({ turn, message }) => {
      if (message.role !== 'tool') return [];
      const index = told.get(turn) ?? 0;
      told.set(turn, index + 1);
      return this.#end(step, { turn, index, tool: message.name }, message.text);
    });
  }

  #started({ after, event }: Step, call: ToolCall): Line {
    const { index, name, effect, args, facts } = call;
    return note(after, event.at, {
      ...{ what: 'call.started', call: callName(after.turn, index), tool: name, effect },
      ...leaveOf(after, call),
      args: digest(withoutSecrets(args, inputOf(after, name)), this.#values),
      facts: digest(facts, this.#values),
    });
  }

  #end(
    { after, event }: Step,
    { turn, index, tool }: { turn: number; index: number; tool: string },
    told: string,
  ): Line[] {
    const call = callName(turn, index);
    if (this.#ended.has(call)) return [];
    this.#ended.add(call);
    const { ok, result, error, doneBy, preview } = ToldOutcome.parse(JSON.parse(told));
    const shown = withoutSecrets(result ?? null, manifestOf(after, tool)?.outputSchema);
    // What was cut can't be looked through for fields that are secret.
    const came = preview === undefined ? digest(shown, this.#values) : digest(preview, false);
    const why = [
      ...(error ? [`${error.type}: ${error.message}`] : []),
      ...(isOnRecord(event, index, tool) ? [ON_RECORD] : []),
    ];
    return [
      {
        ...note(after, event.at, { what: 'call.ended', who: { name: doneBy ?? tool }, call, tool }),
        turn,
        to: ok ? 'succeeded' : 'failed',
        ...(ok ? { result: came } : {}),
        ...(why.length === 0 ? {} : { why: why.join('; ') }),
      },
    ];
  }
}

/** Whether an event tells a fork what the other agent went through. */
function isRead({ type }: AgentEvent): boolean {
  return type === 'fork-loaded' || type === 'record-read';
}

/** Whether a call of a fork has ended as it did in the other agent, without doing anything here. */
function isOnRecord(event: AgentEvent, index: number, tool: string): boolean {
  if (event.type === 'fork-loaded') return true;
  if (event.type === 'calls-recalled') return event.found.some((one) => one.index === index);
  if (event.type !== 'record-read') return false;
  const found = event.recorded.calls.find((one) => one.index === index);
  return found !== undefined && !isOwn({ name: tool }, found.outcome);
}

/** By what leave a call runs: a person's, or a rule's. */
function leaveOf(state: AgentState, call: ToolCall): Partial<Line> {
  if (!call.approval) return { why: verdictOn(state, call).reason };
  const { id, by } = call.approval;
  const given = state.standing.some((grant) => grant.id === id) ? { grant: id } : { approval: id };
  return { ...given, why: `leave of ${by}` };
}

function inputOf(state: AgentState, tool: string) {
  return manifestOf(state, tool)?.inputSchema;
}
