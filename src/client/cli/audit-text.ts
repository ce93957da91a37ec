import { type AuditHead, chained, noLines } from '../../storage/audit-chain.ts';
import type { RunLines } from '../../storage/audit-file.ts';

/** Writes an audit as its runs are read, as lines or as one JSON array of them; gives where its chain ends. */
export async function writeAudit(
  runs: AsyncIterable<Pick<RunLines, 'entries'>>,
  form: 'lines' | 'array',
  write: (text: string) => void,
): Promise<AuditHead> {
  let end = noLines;
  for await (const { entries } of runs) {
    const { text, head } = chained(entries, end);
    if (form === 'lines') write(text);
    else if (entries.length > 0) write((end.count === 0 ? '[\n' : ',\n') + itemsOf(text));
    end = head;
  }
  if (form === 'array') write(end.count === 0 ? '[]\n' : '\n]\n');
  return end;
}

/** The lines as they are: each has a hash of its bytes. */
function itemsOf(text: string): string {
  return text.trimEnd().replaceAll('\n', ',\n');
}
