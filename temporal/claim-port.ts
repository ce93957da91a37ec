import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hold, hold } from './hold.ts';

/** A hold ends with this process, or when nothing refers to it any more. */
const claimed = new Map<number, Hold>();

/**
 * Keeps other demos of this user off a port, from before anything listens there until this process ends; false if one of them
 * has it. Two that are started at once would find the same ports free.
 */
export function claimPort(port: number): boolean {
  try {
    const held = hold(join(tmpdir(), `perdure-demo-${process.getuid?.() ?? 0}-${port}.lock`));
    if (held) claimed.set(port, held);
    return held !== undefined;
  } catch {
    // Where nothing can be written, other demos can't be told, nor heard of.
    return true;
  }
}

/** Whether a demo of this user has a port, with or without anything that listens there yet. */
export function isClaimed(port: number): boolean {
  const isFree = claimPort(port);
  if (isFree) disclaimPort(port);
  return !isFree;
}

export function disclaimPort(port: number): void {
  claimed.get(port)?.letGo();
  claimed.delete(port);
}
