import type { ASTNode } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../contracts/json.ts';
import { jsonBytes } from '../contracts/json.ts';

/** What runs once for each item of a list: one within another multiplies. */
const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

export function isMacro(name: string): boolean {
  return macros.has(name);
}

/** Steps of lists within lists. Some hundredths of a second; the workflow's thread does nothing else meanwhile. */
const MAX_STEPS = 100_000;
/** Each step may compare or search all there is: what all steps together may look at, in bytes. */
const MAX_LOOKED_AT = 500_000_000;

/**
 * Why a condition may take too long on some values; undefined if it can't. Models write conditions, and outsiders the events
 * that they speak of: loops within loops would hold up every agent of the worker. An upper bound, not a measurement.
 */
export function costOf(condition: ASTNode): (values: JsonObject) => string | undefined {
  const levels = levelsOf(condition);
  if (levels === 0) return () => undefined;
  const named = namesIn(condition);
  // Each plus may double what it adds to where a name is given to the sum.
  const nodes = nodesIn(condition);
  const pluses = nodes.filter(({ op }) => op === '+').length;
  const growth = named.has('bind') ? 2 ** pluses : 1 + pluses;
  const longestWritten = Math.max(...nodes.map(itemsOf));
  return (values) => {
    const { bytes, longest, longestText } = extentOf(values);
    const most = Math.max(longest, named.has('split') ? longestText : 0, longestWritten);
    const steps = (most * growth) ** levels;
    const looks = steps * growth * bytes;
    const isTooMuch = (levels > 1 && steps > MAX_STEPS) || looks > MAX_LOOKED_AT;
    return isTooMuch ? 'it could take too long: it goes through lists that are too long for it' : undefined;
  };
}

interface Extent {
  readonly bytes: number;
  readonly longest: number;
  readonly longestText: number;
}

/** Several conditions are mostly asked about the same values. */
const extents = new WeakMap<JsonObject, Extent>();

function extentOf(values: JsonObject): Extent {
  const known = extents.get(values);
  if (known) return known;
  const extent = { bytes: jsonBytes(values), longest: longestIn(values), longestText: longestTextIn(values) };
  extents.set(values, extent);
  return extent;
}

/** The names of everything that a condition calls. */
export function namesIn(condition: ASTNode): ReadonlySet<string> {
  return new Set(nodesIn(condition).flatMap((node) => calledBy(node) ?? []));
}

function calledBy(node: ASTNode): string | undefined {
  return node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
}

function levelsOf(node: ASTNode): number {
  const inside = childrenOf(node).map(levelsOf);
  if (node.op !== 'rcall' || !isMacro(node.args[0])) return Math.max(0, ...inside);
  const [list = 0, ...body] = inside;
  // What makes the list is done once, before the macro goes through it.
  return Math.max(list, 1 + Math.max(0, ...body));
}

function nodesIn(node: ASTNode): ASTNode[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)];
}

/** What a node is made of, from the left to the right. */
export function childrenOf(node: ASTNode): ASTNode[] {
  return nested(node.args);
}

function nested(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nested);
  // In the tree of the library only nodes are objects with an operator.
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}

function itemsOf(node: ASTNode): number {
  return node.op === 'list' ? node.args.length : 0;
}

function longestIn(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  return parts.reduce<number>((most, part) => Math.max(most, longestIn(part)), parts.length);
}

function longestTextIn(value: Json | undefined): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((most, part) => Math.max(most, longestTextIn(part)), 0);
}
