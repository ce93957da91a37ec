import { appendFile, readFile } from 'node:fs/promises';
import type { ToolKit } from 'perdure/tools';

const journal = process.env['STOCK_JOURNAL'] ?? 'stock.journal';

export default ({ defineTool, z }: ToolKit) =>
  defineTool({
    name: 'move_stock',
    description: 'Moves pieces of an article to another shelf.',
    effect: 'idempotent',
    timeoutMs: 10_000,
    input: z.strictObject({ article: z.string().max(50), pieces: z.int().min(1), shelf: z.string().max(10) }),
    output: z.object({ moved: z.int() }),
    run: async ({ article, pieces, shelf }, { key, confirmLease }) => {
      await confirmLease();
      // One writer at a time: this owner of the effect is a file on the worker's own disk.
      const done = await readFile(journal, 'utf8').catch(() => '');
      if (!done.includes(`"${key}"`))
        await appendFile(journal, `${JSON.stringify({ key, article, pieces, shelf })}\n`);
      return { moved: pieces };
    },
  });
