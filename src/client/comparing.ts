import { diffArrays } from 'diff';
import type { AgentDifference, DifferentTurn } from '../contracts/difference.ts';
import { differentParts, signatureOf, type TurnParts, turnParts } from '../core/timeline/turn-parts.ts';
import type { Access } from './access.ts';
import { readTimeline } from './agent-timeline.ts';
import type { RunMemory } from './run-memory.ts';

/** As many as somebody reads; what comes after the first differs mostly because of it. */
const MAX_TOLD = 50;

/** Aligns what two agents did, turn by turn, and says where they part. Fails `NotFound`. */
export async function compareAgents(
  access: Access,
  memory: RunMemory,
  one: string,
  other: string,
): Promise<AgentDifference> {
  const [left, right] = await Promise.all(
    [one, other].map(async (id) => turnParts((await readTimeline(access, memory, id, {})).items, id)),
  );
  return { one, other, ...differenceOf(left ?? [], right ?? []) };
}

export function differenceOf(
  one: readonly TurnParts[],
  other: readonly TurnParts[],
): Omit<AgentDifference, 'one' | 'other'> {
  const turns = alignedDifferences(one, other);
  const [parting] = turns;
  return {
    // The beginning of both is no turn.
    same: sameFromTheStart(one, other) - 1,
    ...(parting ? { parting } : {}),
    turns: turns.slice(0, MAX_TOLD),
    more: turns.length > MAX_TOLD,
  };
}

function sameFromTheStart(one: readonly TurnParts[], other: readonly TurnParts[]): number {
  const place = one.findIndex((turn, index) => {
    const there = other[index];
    return there === undefined || signatureOf(turn) !== signatureOf(there);
  });
  return Math.max(1, place < 0 ? one.length : place);
}

/** Turns that are not in both, side by side where each has some in the same place. */
function alignedDifferences(one: readonly TurnParts[], other: readonly TurnParts[]): DifferentTurn[] {
  const [signed, otherSigned] = [one, other].map((turns) => turns.map(signatureOf));
  const changes = diffArrays(signed ?? [], otherSigned ?? []);
  const differences: DifferentTurn[] = [];
  let left: readonly TurnParts[] = [];
  let right: readonly TurnParts[] = [];
  const tell = (): void => {
    for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
      const [here, there] = [left[place], right[place]];
      differences.push({
        ...(here ? { one: here.turn } : {}),
        ...(there ? { other: there.turn } : {}),
        parts: differentParts(here, there),
      });
    }
    [left, right] = [[], []];
  };
  let [at, otherAt] = [0, 0];
  for (const { added, removed, count } of changes) {
    if (removed) left = one.slice(at, at + count);
    else if (added) right = other.slice(otherAt, otherAt + count);
    else tell();
    if (!added) at += count;
    if (!removed) otherAt += count;
  }
  tell();
  return differences;
}
