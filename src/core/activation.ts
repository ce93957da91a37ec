import { messageNames } from './incoming.ts';

/** What came to a run from outside, as a history holds it. Steps are known by the order in which they were started. */
export type Incoming =
  | { readonly type: 'signal'; readonly name: string; readonly payload: unknown }
  | { readonly type: 'update'; readonly name: string; readonly payload: unknown }
  | { readonly type: 'step-answered'; readonly step: number; readonly value: unknown }
  | { readonly type: 'step-failed'; readonly step: number; readonly error: unknown }
  | { readonly type: 'timer-fired' }
  /** By its workflow id. Without an ending: it was started, in this run. */
  | { readonly type: 'child-started'; readonly child: string; readonly run: string }
  | { readonly type: 'child-not-started'; readonly child: string; readonly error: unknown }
  | { readonly type: 'child-ended'; readonly child: string; readonly value: unknown }
  | { readonly type: 'child-failed'; readonly child: string; readonly error: unknown }
  | { readonly type: 'child-told' | 'child-missed'; readonly child: string; readonly signal: string }
  | { readonly type: 'cancel-requested' };

/** All that a workflow was told at once, and the time that it had then. */
export interface Activation {
  readonly at: number;
  /** In the order of the history. */
  readonly incoming: readonly Incoming[];
  /** Whether Temporal suggested a new run. */
  readonly continueAsNewSuggested: boolean;
  /** Markers of changes that are in force from then on. */
  readonly changes: readonly string[];
  /** The history was cut off before this one and goes on anew: Temporal tells what was said since once more. */
  readonly isReset?: boolean;
  /** Id of the event that completed the workflow task. */
  readonly task?: string;
  /** For the end of a local step: when the next workflow task was started, if nothing came of it in its own. */
  readonly nextAt?: number;
}

export type OfFamily = Extract<Incoming, { child: string }>;

export function isOfFamily(incoming: Incoming): incoming is OfFamily {
  return 'child' in incoming;
}

export function isMessage({ type }: Incoming): boolean {
  return type === 'signal' || type === 'update';
}

/** Messages that come before the agent has begun wait for its handlers, which are set name by name. */
export function byHandler(incoming: readonly Incoming[]): Incoming[] {
  const place = (message: Incoming): number => {
    if (message.type !== 'signal' && message.type !== 'update') return 0;
    const index = messageNames.findIndex((name) => name === message.name);
    return (index < 0 ? messageNames.length : index) * 2 + (message.type === 'update' ? 1 : 0);
  };
  return incoming.toSorted((left, right) => place(left) - place(right));
}
