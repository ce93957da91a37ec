import type { LoadedDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type proto from '@temporalio/proto';

export type Payloads = proto.temporal.api.common.v1.IPayloads | null | undefined;

/** Agents and their activities take and give one value each. */
export async function decodeFirst(converter: LoadedDataConverter, payloads: Payloads): Promise<unknown> {
  const first = payloads?.payloads?.[0];
  return first && (await decodeArrayFromPayloads(converter, [first]))[0];
}
