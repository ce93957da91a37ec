import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ToolError } from '../define-tool.ts';
import { invoiceNumberKey } from './number-key.ts';
import { parseUbl } from './ubl.ts';

/** What is known of files read before takes no more memory than this; a name in an invoice may be megabytes long. */
const maxKeptChars = 16 * 1024 * 1024;

/** What makes one invoice a copy of another: its number, as `invoiceNumberKey` has it, and whom it claims to be from. */
export type Stated = z.infer<typeof Stated>;
const Stated = z.object({
  number: z.string(),
  supplier: z.object({ name: z.string(), vatId: z.string(), ids: z.array(z.string()) }),
});

/** By the hash of a file's text, oldest first. As JSON: a string that was cut out of a text would keep all of the text. */
const known = new Map<string, string>();
let keptChars = 0;

/**
 * What a file's text states, undefined when it is no invoice. A text is parsed once: a folder is looked through at each
 * check of each of its invoices, and a file that is made for it takes a second to parse.
 */
export function statedIn(text: string, path: string): Stated | undefined {
  const hash = createHash('sha256').update(text).digest('base64');
  const before = known.get(hash);
  if (before !== undefined) return Stated.nullable().parse(JSON.parse(before)) ?? undefined;
  const stated = parseStated(text, path);
  keep(hash, JSON.stringify(stated ?? null));
  return stated;
}

function parseStated(text: string, path: string): Stated | undefined {
  try {
    const { number, supplier } = parseUbl(text, path);
    return Stated.parse({ number: invoiceNumberKey(number), supplier });
  } catch (error) {
    // What can't be read as an invoice can't be paid either, so it is nobody's first copy.
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

function keep(hash: string, json: string): void {
  known.set(hash, json);
  keptChars += hash.length + json.length;
  for (const [oldest, value] of known) {
    if (keptChars <= maxKeptChars) return;
    known.delete(oldest);
    keptChars -= oldest.length + value.length;
  }
}
