import { log } from '@temporalio/activity';
import { type Json, jsonBytes } from '../contracts/json.ts';
import { isTooDeep, MAX_RESULT_DEPTH } from '../contracts/payload-converter.ts';
import type { EffectClass, ToolInvocation, ToolOutcome } from '../contracts/tool.ts';
import { beginning } from '../core/text.ts';
import type { ArtifactPort } from './ports.ts';

/**
 * A result up to this is recorded as it is. It is what a model can read at once; a run's history, which ends at some four
 * megabytes, holds dozens of them, and a page of the file tools fits in any language.
 */
export const MAX_INLINE_BYTES = 60_000;
/** What the results of one batch may take together: they are one marker, and a payload has at most 2 MB. */
const MAX_BATCH_BYTES = 1_200_000;
/** The history takes this much of one result when the artifact store does not; four of them fill a payload. */
const MAX_RECORDED_BYTES = 500_000;
/** A tool that gives more than this was asked for too much; it also has to fit into the worker's memory many times. */
const MAX_ARTIFACT_BYTES = 50_000_000;
/** As much as shows what kind of result it is. */
const PREVIEW_CHARS = 4_000;

export interface ResultKeeper {
  readonly artifacts: ArtifactPort;
  readonly effect: EffectClass;
  /** How many calls share a marker; 1 for a step of its own. */
  readonly calls: number;
}

/** The outcome of a call that succeeded, as it is recorded: a large result becomes an artifact and a reference to it. */
export async function keepResult(
  invocation: ToolInvocation,
  result: Json,
  { artifacts, effect, calls }: ResultKeeper,
): Promise<ToolOutcome> {
  const bytes = jsonBytes(result);
  const inline = Math.min(MAX_INLINE_BYTES, Math.floor(MAX_BATCH_BYTES / calls));
  if (bytes <= inline && !isTooDeep(result, MAX_RESULT_DEPTH)) return { type: 'succeeded', result };
  if (bytes > MAX_ARTIFACT_BYTES) return tooLarge(invocation.tool, bytes);
  const text = JSON.stringify(result);
  const preview = beginning(text, PREVIEW_CHARS);
  try {
    const artifact = await artifacts.put(ownerOf(invocation), text);
    return { type: 'succeeded', result: { artifact, bytes, preview }, stored: true };
  } catch (error) {
    log.error('a result could not be kept as an artifact', {
      tool: invocation.tool,
      key: invocation.key,
      error,
    });
    if (bytes <= MAX_RECORDED_BYTES && calls === 1 && !isTooDeep(result, MAX_RESULT_DEPTH))
      return { type: 'succeeded', result };
    // Reading again does no harm, and an owner that knows the key answers as it did. Anything else has been done.
    if (effect === 'pure' || effect === 'idempotent') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { type: 'succeeded', result: { bytes, preview, lost: `it was done, but ${reason}` } };
  }
}

/** Artifacts belong to an agent over all of its runs; one that uses its id again is another owner. */
export function ownerOf({ key }: Pick<ToolInvocation, 'key'>): string {
  return key.split('/')[0] ?? key;
}

function tooLarge(tool: string, bytes: number): ToolOutcome {
  const message = `${tool} succeeded, but its result has ${bytes} bytes, more than ${MAX_ARTIFACT_BYTES}; ask for less`;
  return { type: 'failed', error: { type: 'Invalid', message } };
}
