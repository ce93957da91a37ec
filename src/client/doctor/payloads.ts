import { isDeepStrictEqual } from 'node:util';
import {
  decodeOptionalSinglePayload,
  encodeToPayload,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Connected } from '../connection.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const name = 'payloads';
/** What a start or a decision looks like, with a character beyond ASCII. */
const sample = { agent: 'doctor', input: 'Grüße ✓', labels: { n: [1, true, null] } };

/** Whether what this client writes can be read back, and whether people's own tools can read it too. */
export async function checkPayloads({ client }: Connected): Promise<Finding> {
  const converter = client.options.loadedDataConverter;
  const payload = await encodeToPayload(converter, sample);
  const back = await decodeOptionalSinglePayload<unknown>(converter, payload);
  if (!isDeepStrictEqual(back, sample))
    return fail(
      name,
      'a payload does not come back as it was',
      'use the same codec and keys here as in the worker',
    );
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString();
  if (encoding === 'json/plain')
    return ok(name, 'plain JSON, readable in the Web UI and by the temporal CLI');
  return warn(
    name,
    `encoded as ${encoding || 'nothing known'}: the Web UI and the temporal CLI need a codec server`,
    'set TEMPORAL_CODEC_ENDPOINT for the temporal CLI, and the codec server in the Web UI',
  );
}
