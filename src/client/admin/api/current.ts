import { failures } from '../../../contracts/failures.ts';
import { GatewayError } from '../../gateway-error.ts';
import { RefusedNow } from '../refused-now.ts';
import type { Means } from './operation.ts';

/** Whoever acted on an older state is told what it is now, if that can be had. */
export async function withCurrent<Result>(
  agent: string,
  { gateway }: Means,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError) || failures[error.type].httpStatus !== 409) throw error;
    const current = await gateway.status(agent).catch(() => undefined);
    throw current === undefined ? error : new RefusedNow(error, current);
  }
}
