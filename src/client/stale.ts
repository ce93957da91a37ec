import type { StatusDocument } from '../contracts/status.ts';
import { GatewayError } from './gateway-error.ts';

/** For what Temporal does, which knows no revisions: it is compared right before, and done whatever happens in between. */
export async function refuseStale(
  { status }: { readonly status: () => Promise<StatusDocument> },
  revision: number | undefined,
): Promise<void> {
  if (revision === undefined) return;
  const current = await status();
  if (current.revision === revision) return;
  throw new GatewayError(
    'Conflict',
    `the agent is at revision ${current.revision}, this was based on ${revision}`,
  );
}
