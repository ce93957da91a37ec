import { create } from 'jsondiffpatch';
import { format, type Op } from 'jsondiffpatch/formatters/jsonpatch';
import { canonicalJson } from '../core/hash.ts';

/** Entries of a conversation and the like have no ids: equal ones are the same. */
const patcher = create({
  objectHash: (item) => canonicalJson(item),
  arrays: { detectMove: false, includeValueOnMove: false },
});

/** What makes one value of the other, as a JSON Patch (RFC 6902); none for equal ones. */
export function differenceOf(one: unknown, other: unknown): Op[] {
  const delta = patcher.diff(one, other);
  return delta === undefined ? [] : format(delta);
}
