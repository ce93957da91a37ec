import type { Rejection } from '../contracts/failures.ts';

/** Why something based on an older revision of an agent does not count; undefined when it was not. */
export function movedProblem(
  { revision }: { readonly revision: number },
  { revision: seen }: { readonly revision?: number | undefined },
): Rejection | undefined {
  if (seen === undefined || seen === revision) return undefined;
  return { type: 'Conflict', message: `the agent is at revision ${revision}, this was based on ${seen}` };
}
