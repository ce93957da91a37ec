import * as z from 'zod';
import { jsonBytes } from '../contracts/json.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AgentState, STATE_VERSION } from '../contracts/state.ts';

type Versioned = Record<string, unknown>;

/** From the version that is named to the next one. They stay for as long as an agent may have been carried by that version. */
const upcasters: Readonly<Record<number, (state: Versioned) => Versioned>> = {
  1: countQueues,
  2: withoutChildren,
  3: withoutStandingGrants,
};

const AnyVersion = z.looseObject({ version: z.int().positive() });

/** A carried state of any version up to the present one, as the present one. The reason is for people. */
export function readState(value: unknown): { ok: true; state: AgentState } | { ok: false; reason: string } {
  const versioned = AnyVersion.safeParse(value);
  if (!versioned.success) return { ok: false, reason: describeIssues(versioned.error) };
  const { version } = versioned.data;
  if (version > STATE_VERSION) {
    const reason = `the state is of version ${version}, this worker reads up to ${STATE_VERSION}: run one that is as new`;
    return { ok: false, reason };
  }
  const parsed = AgentState.safeParse(upcast(versioned.data, version));
  return parsed.success
    ? { ok: true, state: parsed.data }
    : { ok: false, reason: `version ${version}: ${describeIssues(parsed.error)}` };
}

function upcast(state: Versioned, from: number): Versioned {
  let next = state;
  for (let version = from; version < STATE_VERSION; version += 1) {
    const step = upcasters[version];
    // Every version has one: a test counts them. Without, the schema says what is missing.
    if (step) next = { ...step(next), version: version + 1 };
  }
  return next;
}

/** Version 2 carries how much waits to be read, which version 1 measured anew at each message. */
function countQueues(state: Versioned): Versioned {
  return { ...state, inboxBytes: sizeOf(state['inbox']), eventsBytes: sizeOf(state['events']) };
}

/** Agents of version 2 could not delegate. */
function withoutChildren(state: Versioned): Versioned {
  return { ...state, children: [] };
}

/** Nobody could give leave ahead to agents of version 3. */
function withoutStandingGrants(state: Versioned): Versioned {
  return { ...state, standing: [] };
}

function sizeOf(queue: unknown): number {
  return Array.isArray(queue) ? queue.reduce((size: number, item) => size + jsonBytes(item), 0) : 0;
}
