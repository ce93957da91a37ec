import type { AgentState } from '../../contracts/state.ts';
import type { Happening, Sheet } from './sheet.ts';

export function turnId(turn: number): string {
  return `turn:${turn}`;
}

/** The turn that an earlier run began. */
export function carryTurn(sheet: Sheet, { turn, checkpoint, since }: AgentState): void {
  if (turn > checkpoint) sheet.put({ kind: 'turn', id: turnId(turn), turn, at: since, carried: true });
}

/** Turns that began and ended. An event may do both, and several times: a crew asks without waiting for a model. */
export function tellTurns(sheet: Sheet, { event: { at }, before, after }: Happening): void {
  for (let turn = before.turn + 1; turn <= after.turn; turn += 1)
    sheet.put({ kind: 'turn', id: turnId(turn), turn, at });
  const ended = after.phase === 'ended' ? after.turn : after.checkpoint;
  for (let turn = before.checkpoint + 1; turn <= ended; turn += 1) {
    const item = sheet.find('turn', turnId(turn));
    if (!item || item.endedAt !== undefined) continue;
    const isCheckpoint = turn <= after.checkpoint;
    sheet.put({ ...item, endedAt: at, ...(isCheckpoint ? { revision: after.revision } : {}) });
  }
}

/** A change of status, or a message that was taken or refused. */
export function tellTransition(sheet: Sheet, { before, after }: Happening): void {
  const transition = after.revision > before.revision ? after.transitions.at(-1) : undefined;
  if (!transition) return;
  const { revision, at, turn } = transition;
  sheet.put({ kind: 'transition', id: `revision:${revision}`, turn, at, transition });
}

export function tellCondensing(sheet: Sheet, { event, before, after }: Happening): void {
  // What ends with an event is never longer for it, unless something was taken out.
  if (after.compactedTurn === before.compactedTurn) return;
  const { at } = event;
  sheet.put({
    ...{ kind: 'condensed', id: `condensed:${after.compactedTurn}`, turn: after.turn, at },
    ...{ before: before.contextSize, after: after.contextSize },
  });
}

export function tellEnd(sheet: Sheet, { event: { at }, before, after }: Happening): void {
  if (before.outcome || !after.outcome) return;
  sheet.put({ kind: 'end', id: 'end', turn: after.turn, at, outcome: after.outcome });
}
