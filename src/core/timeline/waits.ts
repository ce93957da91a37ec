import type { AgentState } from '../../contracts/state.ts';
import type { WaitItem } from '../../contracts/timeline.ts';
import { findApproval } from '../approvals.ts';
import { interruptionsOf } from '../interruptions.ts';
import type { Happening, Sheet } from './sheet.ts';

/** The waits of a state by their ids, but for questions to people: those are told as such. */
function waitsOf(state: AgentState): Map<string, WaitItem> {
  const { turn, paused } = state;
  const waits = interruptionsOf(state)
    .filter(({ id }) => findApproval(state, id) === undefined)
    .map((interruption): WaitItem => {
      const { kind, id, since, deadline, summary } = interruption;
      const place = /^t\d+-(\d+)$/.exec(id)?.[1];
      return {
        ...{ kind: 'wait', id: `wait:${id}:${since}`, turn, at: Date.parse(since), wait: kind, summary },
        ...(deadline === undefined ? {} : { deadline: Date.parse(deadline) }),
        ...(place === undefined ? {} : { index: Number(place) - 1 }),
      };
    });
  if (paused) {
    const { at, by, reason } = paused;
    const summary = `paused by ${by}${reason === undefined ? '' : `: ${reason}`}`;
    waits.push({ kind: 'wait', id: `wait:paused:${at}`, turn, at, wait: 'paused', summary });
  }
  return new Map(waits.map((wait) => [wait.id, wait]));
}

/** Waits that an earlier run left open. */
export function carryWaits(sheet: Sheet, state: AgentState): void {
  for (const wait of waitsOf(state).values()) sheet.put({ ...wait, carried: true });
}

/** Why the agent stopped moving, and what ended that. */
export function tellWaits(sheet: Sheet, { event, before, after }: Happening): void {
  if (
    before.calls === after.calls &&
    before.suspension === after.suspension &&
    before.paused === after.paused &&
    before.phase === after.phase
  )
    return;
  const now = waitsOf(after);
  for (const id of waitsOf(before).keys()) {
    const item = now.has(id) ? undefined : sheet.find('wait', id);
    if (item) sheet.put({ ...item, endedAt: event.at, endedBy: endOf({ event, before, after }) });
  }
  for (const [id, wait] of now) if (!sheet.has(id)) sheet.put(wait);
}

function endOf({ event, before, after }: Omit<Happening, 'applied'>): NonNullable<WaitItem['endedBy']> {
  const transition = after.revision > before.revision ? after.transitions.at(-1) : undefined;
  return { cause: transition?.cause ?? event.type, actor: transition?.actor ?? 'agent' };
}
