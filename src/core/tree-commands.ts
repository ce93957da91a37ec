import type { AgentState } from '../contracts/state.ts';
import type { Child } from '../contracts/child.ts';
import type { Command } from '../contracts/command.ts';
import { actorName } from '../contracts/start.ts';
import { livingChildren } from './living-children.ts';
import { startOf, vouchFor } from './delegate.ts';
import { summaryLine } from './text.ts';

/** What is to be done about the agents below this one, and the one above it. */
export function treeCommands(state: AgentState): Command[] {
  return [...livingChildren(state).flatMap((child) => childCommands(state, child)), ...lookUp(state)];
}

function childCommands(state: AgentState, child: Child): Command[] {
  if (child.status === 'starting') return [startChild(state, child)];
  return [...telling(state, child), ...childLook(child)];
}

function startChild(state: AgentState, child: Child): Command {
  return {
    id: startCommandId(child.id),
    summary: summaryLine(`${child.agent}: ${child.input}`),
    type: 'start-child',
    child: child.id,
    start: startOf(state, child),
    vouch: vouchFor(state),
  };
}

/** A pause, its end and a stop reach the whole tree: each agent tells those below it. */
function telling({ agentId, paused, stopping }: AgentState, { id, told }: Child): Command[] {
  const base = { type: 'tell-child', child: id } as const;
  if (stopping && !told.stopping) {
    const { by, reason } = stopping;
    return [
      {
        ...base,
        id: tellCommandId('stop', id),
        summary: summaryLine(`stop ${id}`),
        signal: 'stop',
        payload: { by: actorName(by), reason: passedOn(agentId, reason) },
        told: { ...told, stopping: true },
      },
    ];
  }
  const isPaused = paused !== undefined;
  if (isPaused === told.paused) return [];
  const signal = isPaused ? 'pause' : 'resume';
  return [
    {
      ...base,
      id: tellCommandId(signal, id),
      summary: summaryLine(`${signal} ${id}`),
      signal,
      payload: { by: actorName(paused?.by ?? agentId), reason: passedOn(agentId, paused?.reason) },
      told: { ...told, paused: isPaused },
    },
  ];
}

export function startCommandId(child: string): string {
  return `child:${child}`;
}

export function tellCommandId(signal: string, child: string): string {
  return `${signal}:${child}`;
}

const MAX_REASON_CHARS = 1_500;

function passedOn(agentId: string, reason: string | undefined): string {
  return `with ${agentId}${reason === undefined ? '' : `: ${reason}`}`.slice(0, MAX_REASON_CHARS);
}

function childLook({ id, run, look }: Child): Command[] {
  if (look?.due !== true || run === undefined) return [];
  return [
    {
      id: `look:${id}:${look.count}`,
      summary: summaryLine(`has ${id} ended?`),
      type: 'look-at-agent',
      role: 'child',
      sight: { agentId: id, run },
    },
  ];
}

function lookUp({ start: { parent }, parentLook }: AgentState): Command[] {
  if (!parent || parentLook?.due !== true) return [];
  return [
    {
      id: `look-up:${parentLook.count}`,
      summary: summaryLine(`is ${parent.agent} still there?`),
      type: 'look-at-agent',
      role: 'parent',
      sight: { agentId: parent.agent, run: parent.run },
    },
  ];
}
