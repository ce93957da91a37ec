import { diffArrays } from 'diff';
import type { AgentDifference, DifferentTurn } from '../contracts/difference.ts';
import { joinRuns } from '../core/timeline/join-runs.ts';
import { differentParts, signatureOf, type TurnParts, turnParts } from '../core/timeline/turn-parts.ts';
import type { Access } from './access.ts';
import { readChain } from './run-chain.ts';
import type { RunMemory } from './run-memory.ts';

/** As many as somebody reads; what comes after the first differs mostly because of it. */
const MAX_TOLD = 50;

/** Looking for what is the same takes the square of what is not; agents that did more than this differently are past comparing. */
const MAX_EDITS = 500;

/** Aligns what two agents did, turn by turn, and says where they part. Fails `NotFound`. */
export async function compareAgents(
  access: Access,
  memory: RunMemory,
  one: string,
  other: string,
): Promise<AgentDifference> {
  const [left, right] = await Promise.all([one, other].map((id) => readTurns(access, memory, id)));
  if (!left || !right) throw new TypeError('two agents were asked for');
  // A fork begins where the other one was, with its turns behind it; so does what is past the server's retention.
  const from = Math.max(left.from, right.from);
  return { one, other, ...differenceOf(left.turns, right.turns, from < 0 ? undefined : from) };
}

/** `from`: the last turn that the agent has not made itself; -1 if it has made all. */
async function readTurns(access: Access, memory: RunMemory, id: string) {
  const { runs, earliest } = await readChain(access, memory, id, {
    isWanted: () => true,
    isEnough: () => false,
  });
  const turns = turnParts(joinRuns(runs.map(({ items }) => items)), id);
  // A fork of the very beginning has the goal and the instructions from the other one.
  const isFork = runs[0]?.run.record.initial.start.fork !== undefined;
  return { turns, from: isFork || earliest.checkpoint > 0 ? earliest.checkpoint : -1 };
}

/** `from`: the last turn that is not compared, because one of them has not made it itself; all are, unless it is given. */
export function differenceOf(
  all: readonly TurnParts[],
  allOther: readonly TurnParts[],
  from?: number,
): Omit<AgentDifference, 'one' | 'other'> {
  const [one, other] = [all, allOther].map((turns) => (from === undefined ? turns : after(turns, from)));
  const turns = alignedDifferences(one ?? [], other ?? []);
  const [parting] = turns;
  return {
    // The beginning of both is no turn.
    same:
      from === undefined
        ? Math.max(0, sameFromTheStart(all, allOther) - 1)
        : from + sameFromTheStart(one ?? [], other ?? []),
    ...(parting ? { parting } : {}),
    turns: turns.slice(0, MAX_TOLD),
    more: turns.length > MAX_TOLD,
  };
}

/** What was read for the first of them, a fork had read already when it began. */
function after(turns: readonly TurnParts[], from: number): TurnParts[] {
  return turns
    .filter(({ turn }) => turn > from)
    .map((one) => (one.turn === from + 1 ? { ...one, parts: { ...one.parts, messages: [] } } : one));
}

function sameFromTheStart(one: readonly TurnParts[], other: readonly TurnParts[]): number {
  const place = one.findIndex((turn, index) => {
    const there = other[index];
    return there === undefined || signatureOf(turn) !== signatureOf(there);
  });
  return place < 0 ? one.length : place;
}

/** Turns that are not in both, side by side where each has some in the same place; of too many each beside the one in its place. */
function alignedDifferences(one: readonly TurnParts[], other: readonly TurnParts[]): DifferentTurn[] {
  const [signed, otherSigned] = [one, other].map((turns) => turns.map(signatureOf));
  const changes = diffArrays(signed ?? [], otherSigned ?? [], { maxEditLength: MAX_EDITS });
  return changes ? differencesOf(changes, one, other) : differencesInPlace(one, other);
}

function differencesInPlace(one: readonly TurnParts[], other: readonly TurnParts[]): DifferentTurn[] {
  const places = Array.from({ length: Math.max(one.length, other.length) }, (_, place) => place);
  return places
    .map((place) => differentTurn(one[place], other[place]))
    .filter(({ parts }) => parts.length > 0);
}

function differentTurn(one: TurnParts | undefined, other: TurnParts | undefined): DifferentTurn {
  return {
    ...(one ? { one: one.turn } : {}),
    ...(other ? { other: other.turn } : {}),
    parts: differentParts(one, other),
  };
}

function differencesOf(
  changes: ReturnType<typeof diffArrays<string>>,
  one: readonly TurnParts[],
  other: readonly TurnParts[],
): DifferentTurn[] {
  const differences: DifferentTurn[] = [];
  let left: readonly TurnParts[] = [];
  let right: readonly TurnParts[] = [];
  const tell = (): void => {
    for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
      differences.push(differentTurn(left[place], right[place]));
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
