import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Decision } from '../contracts/approval.ts';
import type { PolicyRule } from '../contracts/definition.ts';
import type { RequestedCall } from '../contracts/model.ts';
import { argumentProblem } from './arguments.ts';
import { givenUp, openApproval, rejectionOf } from './approvals.ts';
import { hasNewRules } from './edition.ts';
import { MAX_BATCHED_MS, MAX_CALLS_PER_TURN } from './bounds.ts';
import { isBuiltIn } from './built-in-tools.ts';
import { performBuiltIn } from './perform-built-in.ts';
import { type CallIdentity, endCall, failCall, identityOf, newCall, withCall } from './calls.ts';
import { isRecalled, onlyProposes, propose, recordedOutcome } from './fork-calls.ts';
import { manifestOf } from './manifest.ts';
import { signedIn } from './people.ts';
import { requiredBy } from './requester.ts';
import { standingLeave, useGrant } from './standing-grants.ts';
import { needsFacts, verdictOn } from './verdict.ts';

/** Opens every call of a reply: checks it, has it assessed, or asks policy at once. */
export function openCalls(state: AgentState, requested: readonly RequestedCall[], at: number): AgentState {
  const calls = requested.map((call, index) => newCall(state, index, call, at));
  let next: AgentState = {
    ...state,
    calls: calls.map((call) => ({ ...call, status: 'assessing' as const })),
  };
  requested.forEach((call, index) => {
    const opened = next.calls[index];
    if (opened) next = openCall(next, opened, call, at);
  });
  return next;
}

function openCall(state: AgentState, call: ToolCall, requested: RequestedCall, at: number): AgentState {
  const known = recordedOutcome(state, call);
  if (known) return endCall(state, call, known);
  if (call.index >= MAX_CALLS_PER_TURN) {
    return failCall(
      state,
      call,
      'Invalid',
      `at most ${MAX_CALLS_PER_TURN} calls in one reply; ask again for this one`,
    );
  }
  const listed = Object.keys(state.definition?.tools ?? {});
  if (!listed.includes(call.name) || !isKnown(state, call.name)) {
    return failCall(
      state,
      call,
      'NotFound',
      `there is no tool ${call.name}; the tools are: ${listed.join(', ')}`,
    );
  }
  if (requested.args.type === 'malformed') {
    return failCall(state, call, 'Invalid', `the arguments are not a JSON object: ${requested.args.reason}`);
  }
  const problem = argumentProblem(call.name, call.args, state.manifests);
  if (problem !== undefined) return failCall(state, call, 'Invalid', problem);
  if (isRecalled(state, call)) return withCall(state, { ...identityOf(call), status: 'recalling' });
  return enterCall(state, call, at);
}

/** The call is valid: it is assessed, where policy looks at facts, or policy decides at once. */
export function enterCall(state: AgentState, call: ToolCall, at: number): AgentState {
  const entering = withCall(state, { ...identityOf(call), status: 'assessing' });
  return needsFacts(state, call.name) ? entering : judgeCall(entering, call, at);
}

function isKnown(state: AgentState, name: string): boolean {
  return isBuiltIn(name) || manifestOf(state, name) !== undefined;
}

/** Policy decides on facts and validated arguments: run, ask people, propose, or refuse. */
export function judgeCall(state: AgentState, call: ToolCall, at: number): AgentState {
  const { mode, rule, reason } = verdictOn(state, call);
  if (mode !== 'deny' && onlyProposes(state, call)) return propose(state, call, mode);
  switch (mode) {
    case 'deny':
      return failCall(
        state,
        call,
        'Forbidden',
        `policy does not allow this call (${reason}); do not repeat it`,
      );
    case 'auto': {
      const given = hasNewRules(state) ? givenUp(state, call) : undefined;
      return given ? refuse(state, call, given) : permitCall(state, bound(call), at, rule);
    }
    case 'approve':
      if (isApproved(state, call, { rule, reason })) return permitCall(state, bound(call), at, rule);
      return askOrUseLeave(state, call, { rule, reason }, at);
    case 'suggest':
      if (isApproved(state, call, { rule, reason })) return permitCall(state, bound(call), at, rule);
      return ask(state, call, { subject: 'suggestion', rule, reason, at });
  }
}

/** Why people are asked. */
interface Asking {
  readonly rule: PolicyRule | undefined;
  readonly reason: string;
}

/**
 * Whether people have said yes to this call as it is now. Who edits a call chooses its arguments; that counts as approval if
 * the edited call is asked about by the same rule. Another rule knows something that the editor was not shown, and may ask others.
 */
function isApproved(state: AgentState, { approval, key, factsHash }: ToolCall, asking: Asking): boolean {
  if (approval === undefined) return false;
  if (approval.editedUnder !== undefined)
    return approval.editedUnder === asking.reason && requiredBy(state, asking.rule) === 1;
  return approval.hash === bindingHash({ key, factsHash });
}

function askOrUseLeave(state: AgentState, call: ToolCall, asking: Asking, at: number): AgentState {
  const since = hasNewRules(state) ? rejectionOf(state, call)?.at : undefined;
  const grant = standingLeave(state, call, { ...asking, since }, at);
  if (!grant) return ask(state, call, { subject: 'tool', ...asking, at });
  const { id, by } = grant;
  const granted = { ...identityOf(call), status: 'assessing' as const };
  const leave = { id, by, hash: bindingHash(call) };
  return permitCall(useGrant(state, grant), { ...granted, approval: leave }, at, asking.rule);
}

/** An action that people have rejected is not asked about again, however often the model proposes it. */
function ask(
  state: AgentState,
  call: ToolCall,
  asked: Asking & { readonly subject: 'tool' | 'suggestion'; readonly at: number },
): AgentState {
  const rejected = rejectionOf(state, call);
  if (!rejected) return openApproval(state, call, { ...asked, decisions: yesOfEditor(call, asked) });
  return refuse(state, call, rejected);
}

function refuse(
  state: AgentState,
  call: ToolCall,
  { by, message = 'no reason given' }: Decision,
): AgentState {
  const told = `${by} rejected this very call before: ${message}. Nobody was asked again; do something else`;
  return failCall(state, call, 'Rejected', told);
}

/** Where several must agree, whoever edited the call has. */
function yesOfEditor({ approval }: ToolCall, asking: Asking & { readonly at: number }): Decision[] {
  if (approval?.editedUnder === undefined || approval.editedUnder !== asking.reason) return [];
  return [{ decision: 'approve', by: approval.by, at: asking.at, ...signedIn(approval) }];
}

/** From here on the approval holds for these arguments and facts only. */
function bound(call: ToolCall): ToolCall {
  if (call.approval === undefined) return call;
  const { id, by } = call.approval;
  return { ...call, approval: { id, by, hash: bindingHash(call) } };
}

/** Starts a call that may run: built-in tools at once, others as commands for the shell. */
export function permitCall(
  state: AgentState,
  call: ToolCall,
  at: number,
  rule: PolicyRule | undefined,
): AgentState {
  if (isBuiltIn(call.name)) return performBuiltIn(state, call, call.name, at, rule);
  return startCall(state, identityOf(call), at);
}

export function startCall(state: AgentState, call: CallIdentity, at: number): AgentState {
  // A batch is asked for once a turn, when the calls are opened; what starts again later is a step of its own.
  const alone =
    call.round > 0 || call.approval !== undefined || !isShort(state, call.name) || !isBatchable(state);
  return withCall(state, { ...call, since: at, round: call.round + 1, status: 'running', alone });
}

/** Whether a call may be part of a batch, which the next workflow task waits for. */
export function isShort(state: AgentState, name: string): boolean {
  const manifest = manifestOf(state, name);
  return manifest !== undefined && !manifest.hasAssess && manifest.timeoutMs <= MAX_BATCHED_MS;
}

/** A batch never stands beside an effectful call: it would hold up that call's start for as long as it runs. */
function isBatchable({ definition, calls }: AgentState): boolean {
  return (
    definition?.checkpoints === 'batched' &&
    calls.every(({ effect }) => effect === 'pure' || effect === 'command')
  );
}

/** What an approval binds: this call with exactly these arguments and facts. */
export function bindingHash(call: Pick<ToolCall, 'key' | 'factsHash'>): string {
  return `${call.key}#${call.factsHash}`;
}
