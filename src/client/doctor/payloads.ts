import { isDeepStrictEqual } from 'node:util';
import {
  decodeOptionalSinglePayload,
  encodeToPayload,
} from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { PayloadKeys } from '../../payloads/payload-keys.ts';
import type { Connected } from '../connection.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const name = 'payloads';
/** What a start or a decision looks like, with a character beyond ASCII. */
const sample = { agent: 'doctor', input: 'Grüße ✓', labels: { n: [1, true, null] } };

/** Whether what this client writes can be read back, and whether people's own tools can read it too; which keys it has. */
export async function checkPayloads(
  { client }: { client: Pick<Connected['client'], 'options'> },
  keys: PayloadKeys | undefined,
): Promise<Finding> {
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
    return ok(name, `plain JSON, readable in the Web UI and by the temporal CLI${readToo(keys)}`);
  return warn(
    name,
    `encoded as ${encoding || 'nothing known'}: the Web UI and the temporal CLI need a codec server${readToo(keys)}`,
    'set TEMPORAL_CODEC_ENDPOINT for the temporal CLI, and the codec server in the Web UI',
  );
}

/** Names of keys are in each payload, so they are no secret. */
function readToo(keys: PayloadKeys | undefined): string {
  if (!keys) return '';
  const names = [...keys.readers.keys()].join(', ');
  return `; ${keys.writer ? `written with the key ${keys.writer.name}, ` : ''}read with ${names}`;
}
