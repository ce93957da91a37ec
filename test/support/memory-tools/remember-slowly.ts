import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ToolKit } from '../../../src/tools/kit.ts';

const folder = process.env['PROBE_FOLDER'] ?? '.';

/** Remembers, and then takes for ever the first time: its worker can be killed before the result is recorded. */
export default ({ defineTool, z }: ToolKit) =>
  defineTool({
    name: 'remember_slowly',
    description: 'For tests.',
    effect: 'idempotent',
    timeoutMs: 600_000,
    remembers: true,
    input: z.strictObject({ text: z.string() }),
    output: z.object({ id: z.string() }),
    run: async ({ text }, { memory, signal }) => {
      const kept = await memory?.keep({ text });
      const begun = join(folder, 'kept');
      if (!existsSync(begun)) {
        writeFileSync(begun, '');
        await pause(600_000, undefined, { signal });
      }
      return { id: kept?.id ?? '' };
    },
  });
