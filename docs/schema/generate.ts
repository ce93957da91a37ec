import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import * as z from 'zod';
import layout from '../../.oxfmtrc.json' with { type: 'json' };
import { AgentState } from '../../src/contracts/state.ts';
import { StatusDocument } from '../../src/contracts/status.ts';

const documents = {
  'status-v1.json': { title: 'Status of a Perdure agent, version 1', schema: StatusDocument },
  'state-v4.json': { title: 'Checkpoint of a Perdure agent, version 4', schema: AgentState },
} as const;

/** The published JSON Schemas by file name, as text: run this file to write them. */
export async function generateSchemas(): Promise<Record<string, string>> {
  const files = Object.entries(documents).map(async ([name, { title, schema }]) => {
    const generated = z.toJSONSchema(schema, {
      // Readers must take fields that they don't know: additions are free, whatever this version writes.
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    const { $schema, ...rest } = generated;
    const published = { $schema, $id: `urn:perdure:schema:${name.replace('.json', '')}`, title, ...rest };
    const { code } = await format(name, JSON.stringify(published), layout);
    return [name, code] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await generateSchemas()))
    writeFileSync(join(import.meta.dirname, name), text);
}
