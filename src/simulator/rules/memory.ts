/**
 * What the rules write into their notes, so that they know it again when old tool results have been compacted
 * away. A line is `[kind] path | detail | …`.
 *
 * Such lines are believed only to leave something out: nothing is paid on the word of a note, because its text can
 * come from an invoice.
 */
export interface Memory {
  /** Invoices that were read; not what they said. */
  readonly read: ReadonlySet<string>;
  /** Invoices that are done with: `paid`, `suggested`, `not paid`. */
  readonly settled: ReadonlyMap<string, { kind: string; details: readonly string[] }>;
  /** Whether the plan was noted. */
  readonly planned: boolean;
}

/** How the one-line plan begins. */
export const PLAN = 'Plan:';

/** Longest detail on a line: a note is for remembering, not for copying. */
const MAX_DETAIL_CHARS = 120;

/** One line of memory. */
export function memoryLine(kind: string, path: string, details: readonly string[]): string {
  const clean = (detail: string): string =>
    detail
      .replace(/[\s|]+/g, ' ')
      .trim()
      .slice(0, MAX_DETAIL_CHARS);
  // A path is kept exactly, as it has to be found again; one that would break the line is not remembered.
  return [`[${kind}] ${path}`, ...details.map(clean)].join(' | ');
}

/** Finds the lines of memory in texts that people, the system or the rules themselves wrote. */
export function memoryOf(texts: readonly string[]): Memory {
  const read = new Set<string>();
  const settled = new Map<string, { kind: string; details: readonly string[] }>();
  const lines = texts.flatMap((text) => text.split('\n'));
  for (const line of lines) {
    const match = /^(?:[-*] )?\[(read|paid|suggested|not paid)\] (.+)$/.exec(line.trim());
    if (match === null) continue;
    const [path = '', ...details] = (match[2] ?? '').split(' | ');
    const kind = match[1] ?? '';
    if (kind === 'read') read.add(path);
    else settled.set(path, { kind, details });
  }
  return {
    read,
    settled,
    planned: lines.some((line) =>
      line
        .trim()
        .replace(/^[-*] /, '')
        .startsWith(PLAN),
    ),
  };
}
