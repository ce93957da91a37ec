import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Child, Grant, Parentage, Share } from '../contracts/child.ts';
import { DEFAULT_CHILDREN, DEFAULT_DEPTH } from '../contracts/definition.ts';
import type { Rejection } from '../contracts/failures.ts';
import { jsonBytes } from '../contracts/json.ts';
import { actorName, type AgentStart } from '../contracts/start.ts';
import type { Vouch } from '../contracts/vouch.ts';
import { BUDGET_GRACE_MS, MAX_ID_BYTES, MAX_START_BYTES } from './bounds.ts';
import { remaining, type Remaining } from './budget.ts';
import { builtInTools, isBuiltIn } from './built-in-tools.ts';
import { endCall, failCall, holdCall } from './calls.ts';
import { durationMs, MAX_DURATION_MS } from '../contracts/duration.ts';
import { requesterOf } from './people.ts';
import { hashText } from './hash.ts';

/** Where the agent's call is waiting for a child whose end nobody saw, this is added to its own time and its people's. */
const SLACK_MS = 3_600_000;

/** Opens an agent below this one, with a share of the budget. Whatever is wrong with it is told to the model as data. */
export function delegate(state: AgentState, call: ToolCall, at: number): AgentState {
  const asked = builtInTools.delegate.input.parse(call.args);
  const refused = refusal(state, asked.agent);
  if (refused) return failCall(state, call, refused.type, refused.message);
  const share = shareOf(state, asked.budget ?? {}, at);
  if ('type' in share) return failCall(state, call, share.type, share.message);
  const awaited = asked.wait ?? true;
  const child: Child = {
    id: `${state.agentId}.t${state.turn}-${call.index + 1}-${hashText(call.key).slice(0, 6)}`,
    agent: asked.agent,
    input: asked.input,
    since: at,
    ...share,
    turn: state.turn,
    index: call.index,
    awaited,
    status: 'starting',
    told: { paused: false, stopping: false },
  };
  if (jsonBytes(child.id) > MAX_ID_BYTES)
    return failCall(state, call, 'Conflict', 'the id of this agent is too long for one below it');
  const size = jsonBytes(startOf(state, child));
  if (size > MAX_START_BYTES) {
    const message = `input: with everything that holds for the agent it takes ${size} bytes, more than ${MAX_START_BYTES}; put documents into the workspace`;
    return failCall(state, call, 'Invalid', message);
  }
  const known = { ...state, children: [...state.children, child] };
  if (awaited) {
    const until = child.deadlineAt + BUDGET_GRACE_MS + SLACK_MS;
    return holdCall(known, call, { kind: 'child', child: child.id, until }, at);
  }
  const result = { agent: child.id, started: true, told: 'a message comes when it has ended' };
  return endCall(known, call, { ok: true, result });
}

/** Why nobody is delegated to; undefined when somebody may be. */
function refusal(state: AgentState, agent: string): Rejection | undefined {
  const forbidden = (message: string): Rejection => ({ type: 'Forbidden', message });
  const { agents, children = DEFAULT_CHILDREN } = state.definition?.delegation ?? {};
  if (agents && !Object.hasOwn(agents, agent)) {
    return forbidden(`${agent} is none of the agents to delegate to: ${Object.keys(agents).join(', ')}`);
  }
  const path = pathOf(state);
  if (path.includes(agent))
    return forbidden(`that would go round in a circle: ${[...path, agent].join(' -> ')}`);
  if (depthBelow(state) < 1) return forbidden(`no more than ${path.length - 1} levels may be delegated`);
  if (state.children.length >= children) return forbidden(`all ${children} agents have been started`);
  return undefined;
}

/** Definitions from the first one of the tree down to this agent's. */
function pathOf({ start }: AgentState): string[] {
  return [...(start.parent?.path ?? []), start.agent];
}

function depthBelow({ start, definition }: AgentState): number {
  const own = definition?.delegation?.depth ?? DEFAULT_DEPTH;
  return Math.min(own, start.parent?.depth ?? own);
}

/** What the child may use: what was asked for, or an even part beside the turn's other calls that delegate and this agent. */
function shareOf(
  state: AgentState,
  asked: {
    turns?: number | undefined;
    tokens?: number | undefined;
    usd?: number | undefined;
    deadline?: string | undefined;
  },
  at: number,
): { share: Share; deadlineAt: number } | Rejection {
  const left = remaining(state);
  const others = state.calls.filter(
    ({ name, status }) => name === 'delegate' && status === 'assessing',
  ).length;
  const parts = Math.max(others, 1) + 1;
  const part = (whole: number): number => Math.max(1, Math.floor(whole / parts));
  const tokens = asked.tokens ?? (left.tokens === undefined ? undefined : part(left.tokens));
  const usd = asked.usd ?? (left.usd === undefined ? undefined : left.usd / parts);
  const share: Share = {
    turns: asked.turns ?? part(left.turns),
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
  };
  const deadlineAt = Math.min(
    left.deadlineAt,
    at + (asked.deadline === undefined ? MAX_DURATION_MS : durationMs(asked.deadline)),
  );
  const short = shortage(share, left);
  if (short === undefined && deadlineAt > at) return { share, deadlineAt };
  return { type: 'Conflict', message: `budget: ${short ?? 'the deadline has passed'}` };
}

function shortage(share: Share, left: Remaining): string | undefined {
  if (share.turns > left.turns) return `${share.turns} turns are more than the ${left.turns} that are left`;
  if (left.tokens !== undefined && (share.tokens ?? 0) > left.tokens)
    return `${share.tokens ?? 0} tokens are more than the ${left.tokens} that are left`;
  if (left.usd !== undefined && left.usd <= 0) return 'nothing is left of its dollars';
  if (left.usd !== undefined && (share.usd ?? 0) > left.usd)
    return `$${share.usd ?? 0} are more than the $${left.usd} that are left`;
  return undefined;
}

/** What the child may know of who asked: as much as this agent does. */
export function vouchFor({ requesterSignedInAs: signedInAs }: AgentState): Vouch | undefined {
  return signedInAs && { signedInAs };
}

/** The argument that the child is started with. */
export function startOf(state: AgentState, { agent, input, share, deadlineAt, since }: Child): AgentStart {
  return {
    agent,
    input,
    requester: actorName(state.agentId),
    budget: { ...share, deadline: `${Math.max(1, (deadlineAt - since) / 1_000)}s` },
    labels: state.start.labels,
    parent: parentageFor(state, agent),
  };
}

function parentageFor(state: AgentState, agent: string): Parentage {
  const requester = requesterOf(state);
  return {
    ...(requester === undefined ? {} : { requester }),
    agent: state.agentId,
    run: state.firstRunId,
    path: pathOf(state),
    depth: depthBelow(state) - 1,
    grants: [...(state.start.parent?.grants ?? []), ...grantsFor(state, agent)],
  };
}

/** What this agent may not do freely itself, a child may not either; and what its definition says of this very child. */
function grantsFor({ start, definition }: AgentState, agent: string): Grant[] {
  const own = Object.entries(definition?.tools ?? {}).filter(
    ([name, rules]) =>
      (name === 'delegate' || !isBuiltIn(name)) &&
      rules.some(({ when, mode }) => when !== undefined || mode !== 'auto'),
  );
  const narrowed = definition?.delegation?.agents?.[agent]?.tools;
  return [
    ...(own.length > 0 ? [{ by: start.agent, tools: Object.fromEntries(own), only: false }] : []),
    ...(narrowed ? [{ by: start.agent, tools: narrowed, only: true }] : []),
  ];
}
