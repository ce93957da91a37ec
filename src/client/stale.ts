import type { StatusDocument } from '../contracts/status.ts';
import { movedProblem } from '../core/revision.ts';
import { GatewayError } from './gateway-error.ts';

/** For what Temporal does, which knows no revisions: it is compared right before, and done whatever happens in between. */
export async function refuseStale(
  { status }: { readonly status: () => Promise<StatusDocument> },
  revision: number | undefined,
): Promise<void> {
  if (revision === undefined) return;
  const moved = movedProblem(await status(), { revision });
  if (moved) throw new GatewayError(moved.type, moved.message);
}
