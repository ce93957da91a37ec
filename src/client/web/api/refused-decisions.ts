import { useSyncExternalStore } from 'react';
import type { ApprovalView } from '../../../contracts/status.ts';
import type { DecisionRequest } from './approvals.ts';

/** A decision that did not get through, and was told so when nobody looked at its approval any more. */
export interface RefusedDecision {
  readonly request: DecisionRequest;
  readonly approval: ApprovalView;
  readonly error: Error;
}

let refused: readonly RefusedDecision[] = [];
const listeners = new Set<() => void>();

/** Those that nobody has put away yet, the latest first. */
export function useRefusedDecisions(): readonly RefusedDecision[] {
  return useSyncExternalStore(subscribe, () => refused);
}

/** Keeps the last one of each approval. */
export function keepRefused(one: RefusedDecision): void {
  replaceRefused([one, ...refusedBut(one.request)]);
}

/** Puts away what was refused of an approval. */
export function forgetRefused(request: DecisionRequest): void {
  replaceRefused(refusedBut(request));
}

function refusedBut({ agent, approval }: DecisionRequest): RefusedDecision[] {
  return refused.filter(({ request }) => request.agent !== agent || request.approval !== approval);
}

function replaceRefused(now: readonly RefusedDecision[]): void {
  refused = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
