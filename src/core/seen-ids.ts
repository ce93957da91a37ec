import { MAX_SEEN_IDS } from './bounds.ts';
import { hashText } from './hash.ts';

/** Below this a look through the list costs no more than keeping a set of it. */
const FEW = 100;

/** Messages whose ids are kept. */
export type Identified = 'message' | 'event' | 'extendBudget';

/** A short hash: ten thousand ids as their senders wrote them could outgrow the payload that they are carried in. */
export function seenId(kind: Identified | 'seal' | 'words', id: string): string {
  return hashText(`${kind}:${id}`).slice(0, 20);
}

/**
 * The ids of a list as a set. A cache only, by the list itself: in a flood of ten thousand messages, looking through the list for
 * each of them took longer than a workflow task may.
 */
const sets = new WeakMap<readonly string[], Set<string>>();

export function hasSeen(ids: readonly string[], id: string): boolean {
  if (ids.length < FEW) return ids.includes(id);
  const known = sets.get(ids) ?? new Set(ids);
  sets.set(ids, known);
  return known.has(id);
}

/** The list with one more id, and without the oldest where it would be too long. The set goes on with the new list. */
export function withSeen(ids: readonly string[], id: string): string[] {
  const kept = ids.slice(1 - MAX_SEEN_IDS);
  const next = [...kept, id];
  const known = sets.get(ids);
  if (known) {
    sets.delete(ids);
    for (const dropped of ids.slice(0, ids.length - kept.length)) known.delete(dropped);
    sets.set(next, known.add(id));
  }
  return next;
}
