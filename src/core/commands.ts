import type { AgentState, Origin, ToolCall } from '../contracts/state.ts';
import type { AgentSight, Command } from '../contracts/command.ts';
import type { Fork } from '../contracts/fork.ts';
import { McpEffect } from '../contracts/mcp.ts';
import type { ToolInvocation } from '../contracts/tool.ts';
import { MAX_BATCHED_MS } from './bounds.ts';
import { affordableOutput } from './budget.ts';
import { isOverfull } from './compaction.ts';
import { isFollowing } from './fork-calls.ts';
import { inlineWork } from './inline-work.ts';
import { needsFacts } from './verdict.ts';
import { treeCommands } from './tree-commands.ts';
import { manifestOf } from './manifest.ts';
import { modelsOf } from './model-failure.ts';
import { summaryLine } from './text.ts';
import { watchedBy } from './watch.ts';

/** A step of its own has no batch to hold up, so a slow disk gets more time than a tool's own bound for batches. */
const MIN_STEP_MS = 10_000;

/** The work that a state asks for. The shell starts each id once, and `newCommands` says which. */
export function commandsOf(state: AgentState): Command[] {
  return state.phase === 'ended' ? [] : [...ownCommands(state), ...treeCommands(state)];
}

function ownCommands(state: AgentState): Command[] {
  switch (state.phase) {
    case 'loading':
      if (state.suspension) return [];
      if (state.start.fork) return [loadFork(state.start.fork)];
      return [
        {
          id: state.loadFailures === undefined ? 'load' : `load:${state.loadFailures}`,
          summary: summaryLine(state.start.agent),
          type: 'load-definition',
          name: state.start.agent,
        },
      ];
    case 'thinking':
      if (state.suspension || isOverfull(state)) return [];
      return [readRecord(state) ?? callModel(state)];
    case 'acting':
      return [
        ...[...recalls(state), ...assessments(state), ...batches(state), ...steps(state)],
        ...[...reconciliations(state), ...checks(state)],
      ];
    case 'ended':
      return [];
  }
}

/** What is to be started now, given what is in flight already. Also while an agent is held, those below it must hear of it. */
export function newCommands(state: AgentState, inFlight: { has(id: string): boolean }): Command[] {
  const held = isHeld(state);
  return commandsOf(state).filter(({ id, type }) => !inFlight.has(id) && (!held || isAboutOthers(type)));
}

function isAboutOthers(type: Command['type']): boolean {
  return type === 'tell-child' || type === 'look-at-agent';
}

/** While paused or stopping nothing new starts; what is in flight ends and is recorded. */
export function isHeld(state: AgentState): boolean {
  return state.paused !== undefined || state.stopping !== undefined;
}

/** Each time the model is asked about a turn is a command of its own. */
export function modelCallId({ turn, modelAttempt }: Pick<AgentState, 'turn' | 'modelAttempt'>): string {
  return `model:${turn}:${modelAttempt}`;
}

function callModel(state: AgentState): Command {
  const model = modelsOf(state)[state.modelIndex] ?? '';
  return {
    id: modelCallId(state),
    summary: summaryLine(`turn ${state.turn}: ${model}`),
    type: 'call-model',
    request: {
      agentId: state.agentId,
      turn: state.turn,
      model,
      contextHash: state.contextHash,
      maxOutputTokens: Math.max(1, affordableOutput(state)),
      ...(state.insisting === true ? { insist: true } : {}),
      ...inlineWork(state),
    },
  };
}

function loadFork(fork: Fork): Command {
  return { id: 'fork', summary: summaryLine(`${fork.agent}@${fork.turn}`), type: 'load-fork', fork };
}

/** A fork that goes on as the other agent did looks up each turn before it would ask a model. */
function readRecord(state: AgentState): Command | undefined {
  const { origin, turn } = state;
  if (!origin || !isFollowing(state) || origin.recorded?.turn === turn) return undefined;
  const summary = summaryLine(`turn ${turn} of ${origin.agent}`);
  return { id: `record:${turn}`, summary, type: 'read-record', origin: sightOf(origin), turn };
}

function sightOf({ agent, run }: Origin): AgentSight {
  return { agentId: agent, run };
}

/** They are all looked up when the turn's calls are opened. */
function recalls({ origin, calls, turn }: AgentState): Command[] {
  const wanted = calls.filter(({ status }) => status === 'recalling');
  if (!origin || wanted.length === 0) return [];
  return [
    {
      id: `recall:${turn}`,
      summary: summaryLine(`turn ${turn}: on the record of ${origin.agent}? ${names(wanted)}`),
      type: 'recall-calls',
      origin: sightOf(origin),
      calls: wanted.map(({ index, name, argsHash }) => ({ turn, index, name, argsHash })),
    },
  ];
}

/** First assessments of a turn go together; an edited call is assessed on its own. */
function assessments(state: AgentState): Command[] {
  const open = state.calls.filter(({ status }) => status === 'assessing');
  const first = open.filter(({ round }) => round === 0);
  const groups = [first, ...open.filter(({ round }) => round > 0).map((call) => [call])];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => ({
      id: `assess:${state.turn}:${group.map(({ index, round }) => `${index}.${round}`).join(',')}`,
      summary: summaryLine(`turn ${state.turn}: facts for ${names(group)}`),
      type: 'assess-calls',
      invocations: group.map((call) => invocationOf(state, call)),
    }));
}

/** Batched calls all start when the turn's calls are opened, so there is one batch a turn at the most. */
function batches(state: AgentState): Command[] {
  const batched = state.calls.filter((call) => call.status === 'running' && !call.alone);
  if (batched.length === 0) return [];
  return [
    {
      id: `batch:${state.turn}`,
      summary: summaryLine(`turn ${state.turn}: ${names(batched)}`),
      type: 'run-batch',
      invocations: batched.map((call) => invocationOf(state, call)),
    },
  ];
}

function steps(state: AgentState): Command[] {
  return state.calls
    .filter((call) => call.status === 'running' && call.alone)
    .map((call) => ({
      id: `run:${state.turn}:${call.index}:${call.round}`,
      summary: summaryLine(`turn ${state.turn}: ${call.name} ${JSON.stringify(call.args)}`),
      type: 'run-tool',
      invocation: invocationOf(state, call),
      retryable: isRetryable(call),
      timeoutMs: stepTimeoutMs(state, call),
      // One that found no slot is not quick any more: its next round goes where only tools are.
      quick:
        state.rated !== true &&
        isRetryable(call) &&
        call.round === 1 &&
        stepTimeoutMs(state, call) <= MIN_STEP_MS,
    }));
}

function isRetryable({ effect }: ToolCall): boolean {
  return effect === 'pure' || effect === 'idempotent';
}

function stepTimeoutMs(state: AgentState, { name }: ToolCall): number {
  return Math.max(manifestOf(state, name)?.timeoutMs ?? 0, MIN_STEP_MS);
}

/** Tools that are asked what became of a call whose step was lost. */
function reconciliations(state: AgentState): Command[] {
  return state.calls
    .filter(({ status }) => status === 'reconciling')
    .map((call) => ({
      id: `reconcile:${state.turn}:${call.index}:${call.round}`,
      summary: summaryLine(`turn ${state.turn}: was this done? ${call.name} ${JSON.stringify(call.args)}`),
      type: 'reconcile-tool',
      invocation: invocationOf(state, call),
      timeoutMs: stepTimeoutMs(state, call),
    }));
}

/** Tools that run for a condition. They are run by nobody's call, and so are no calls of the turn. */
function checks(state: AgentState): Command[] {
  return state.calls.flatMap((call): Command[] => {
    if (call.status !== 'waiting' || call.wait.kind !== 'condition' || !call.wait.checking) return [];
    const { tool, args, condition } = watchedBy(call);
    const { timeoutMs = 0, effect = call.effect } = manifestOf(state, tool) ?? {};
    return [
      {
        id: `check:${state.turn}:${call.index}:${call.wait.checks}`,
        summary: summaryLine(`turn ${state.turn}: ${tool} until ${condition}`),
        type: 'check-condition',
        invocation: invocationOf(state, { ...call, name: tool, args, effect }),
        condition,
        timeoutMs: Math.max(timeoutMs, MIN_STEP_MS),
        local: timeoutMs <= MAX_BATCHED_MS,
      },
    ];
  });
}

function names(calls: readonly ToolCall[]): string {
  return calls.map(({ name }) => name).join(', ');
}

function invocationOf(state: AgentState, call: ToolCall): ToolInvocation {
  return {
    agentId: state.agentId,
    turn: state.turn,
    index: call.index,
    tool: call.name,
    args: call.args,
    key: call.key,
    ...(needsFacts(state, call.name) ? { factsHash: call.factsHash } : {}),
    ...(call.mayHaveActed ? { mayHaveActed: true } : {}),
    ...memoryOf(state, call.name),
    ...mcpTargetOf(state, call),
  };
}

/** Only for tools that ask for it, so that the recorded calls of all others stay as they were. */
function memoryOf(state: AgentState, name: string): Pick<ToolInvocation, 'memory'> {
  if (manifestOf(state, name)?.remembers !== true) return {};
  return { memory: { definition: state.start.agent, scope: state.definition?.memory ?? 'agent' } };
}

/** The connection is the one of the definition that the agent began with. */
function mcpTargetOf(state: AgentState, { name, effect }: ToolCall): Pick<ToolInvocation, 'mcp'> {
  const source = manifestOf(state, name)?.mcp;
  const connection = source && state.definition?.mcp?.servers[source.server];
  const known = McpEffect.safeParse(effect);
  return connection && known.success ? { mcp: { ...source, effect: known.data, connection } } : {};
}
