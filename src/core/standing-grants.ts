import type { PolicyRule } from '../contracts/definition.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { GiveLeave, Revoke } from '../contracts/messages.ts';
import type { StandingGrant } from '../contracts/standing-grant.ts';
import type { AgentState, ToolCall } from '../contracts/state.ts';
import { jsonBytes } from '../contracts/json.ts';
import { MAX_GRANTS_BYTES, MAX_STANDING_GRANTS, MAX_STANDING_MS } from './bounds.ts';
import { conditionProblem, holds } from './condition.ts';
import { stepsForOne } from './condition-steps.ts';
import { hashJson } from './hash.ts';
import { newest } from './newest.ts';
import { leaveOf, leaveProblem, type Person, signedIn } from './people.ts';
import { requiredBy } from './requester.ts';
import { policyInputOf } from './verdict.ts';

/** Whether leave that was given ahead still counts. */
export function isInForce({ until, uses, used, revoked }: StandingGrant, at: number): boolean {
  return revoked === undefined && until > at && (uses === undefined || used < uses);
}

interface Asked {
  readonly rule?: PolicyRule | undefined;
  readonly reason: string;
  /** Only leave given after this counts. */
  readonly since?: number | undefined;
}

/**
 * The leave that lets a call run which a rule would ask people about. Whoever gave it must be among those who might decide this
 * very call, and it never counts where several must agree.
 */
export function standingLeave(
  state: AgentState,
  call: ToolCall,
  { rule, reason, since = -Infinity }: Asked,
  at: number,
): StandingGrant | undefined {
  if (requiredBy(state, rule) > 1) return undefined;
  const account = stepsForOne();
  return state.standing.find(
    (grant) =>
      isInForce(grant, at) &&
      grant.at > since &&
      grant.tool === call.name &&
      (grant.rule === undefined || grant.rule === reason) &&
      leaveProblem(leaveOf(state, rule), grant) === undefined &&
      (grant.when === undefined || holds(grant.when, { ...policyInputOf(state, call) }, account) === true),
  );
}

export function useGrant(state: AgentState, { id }: StandingGrant): AgentState {
  return withGrant(state, id, (grant) => ({ ...grant, used: grant.used + 1 }));
}

/** Why leave can't be given; undefined when it can. */
export function grantProblem(state: AgentState, given: GiveLeave, at: number): Rejection | undefined {
  const { tool, when, until } = given;
  const tools = state.definition?.tools;
  if (tools && !Object.hasOwn(tools, tool))
    return { type: 'NotFound', message: `tool: the agent has no tool ${tool}` };
  const problem = when === undefined ? undefined : conditionProblem(when);
  if (problem !== undefined) return { type: 'Invalid', message: `when: ${problem}` };
  const ends = Date.parse(until);
  if (ends <= at) return { type: 'Invalid', message: `until: ${until} has passed` };
  if (ends > at + MAX_STANDING_MS) return { type: 'Invalid', message: 'until: more than 90 days ahead' };
  const kept = state.standing.filter((grant) => isInForce(grant, at));
  if (kept.length >= MAX_STANDING_GRANTS)
    return { type: 'Conflict', message: `there are ${MAX_STANDING_GRANTS} standing grants; revoke some` };
  const bytes = bytesOf([...kept, given]);
  if (bytes <= MAX_GRANTS_BYTES) return undefined;
  const message = `with this one standing grants take ${bytes} bytes, more than ${MAX_GRANTS_BYTES}; say less, or revoke some`;
  return { type: 'Conflict', message };
}

export function revokeProblem(state: AgentState, { grant: id }: Revoke): Rejection | undefined {
  const grant = state.standing.find((other) => other.id === id);
  if (!grant) return { type: 'NotFound', message: `there is no standing grant ${id}` };
  if (!grant.revoked) return undefined;
  return { type: 'Conflict', message: `standing grant ${id} was revoked by ${grant.revoked.by}` };
}

/** Whether the very same leave is in force, or has been taken back by the same person, already. */
export function isGiven(state: AgentState, given: GiveLeave, at: number): boolean {
  return state.standing.some((grant) => isInForce(grant, at) && saidIn(grant) === saidIn(given));
}

export function isRevoked(state: AgentState, { grant: id, by }: Revoke): boolean {
  return state.standing.some((grant) => grant.id === id && grant.revoked?.by === by);
}

export function giveLeave(state: AgentState, given: GiveLeave, person: Person, at: number): AgentState {
  const { seal: _seal, revision: _revision, until, ...said } = given;
  const grant: StandingGrant = {
    ...said,
    id: `g-${hashJson({ ...given, at, revision: state.revision }).slice(0, 8)}`,
    ...signedIn(person),
    ...{ at, until: Date.parse(until), used: 0 },
  };
  // What no longer counts is in the history; the latest of it stays for people to look at.
  const kept = state.standing.filter((other) => isInForce(other, at));
  const over = state.standing.filter((other) => !isInForce(other, at));
  const room = Math.max(0, MAX_STANDING_GRANTS - kept.length - 1);
  const latest = newest(room > 0 ? over.slice(-room) : [], MAX_GRANTS_BYTES - bytesOf([...kept, grant]));
  return { ...state, standing: [...latest, ...kept, grant] };
}

/** What people have said in them. */
function bytesOf(grants: readonly (GiveLeave | StandingGrant)[]): number {
  return grants.reduce(
    (sum, { tool, rule, when, by, reason }) => sum + jsonBytes({ tool, rule, when, by, reason }),
    0,
  );
}

export function revoke(state: AgentState, { grant: id, by }: Revoke, person: Person, at: number): AgentState {
  return withGrant(state, id, (grant) => ({ ...grant, revoked: { by, ...signedIn(person), at } }));
}

function withGrant(
  state: AgentState,
  id: string,
  change: (grant: StandingGrant) => StandingGrant,
): AgentState {
  return { ...state, standing: state.standing.map((grant) => (grant.id === id ? change(grant) : grant)) };
}

function saidIn({ tool, rule, when, by, until, uses }: GiveLeave | StandingGrant): string {
  return hashJson({ tool, rule, when, by, until: new Date(until).getTime(), uses });
}
