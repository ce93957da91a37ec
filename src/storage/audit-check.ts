import { type AuditHead, type AuditLine, noLines, readLine } from './audit-chain.ts';

/** A number that somebody made up must not make us count for ever. */
const MAX_MISSING = 100_000;

export interface AuditProblem {
  /** Its number in the file, from 1; that behind the last one for what is missing at the end. */
  readonly line: number;
  readonly problem: string;
}

export interface CheckedAudit {
  /** The lines that are whole, and follow on each other if there are no problems. */
  readonly lines: readonly AuditLine[];
  readonly head: AuditHead;
  /** Lines behind it that were edited, so that nobody can say what they were. */
  readonly unread: number;
  /** Bytes behind the last line break: a line that was being written. */
  readonly torn: Buffer;
  readonly problems: readonly AuditProblem[];
}

/** Whether lines are whole and each follows on the one before, and what was done to them if not. */
export function checkLines(bytes: Buffer): CheckedAudit {
  const { whole, torn } = split(bytes);
  const read = whole.map(readLine);
  const lines = read.filter((line) => line !== undefined);
  const bySeq = new Map<number, AuditLine>();
  for (const line of lines) if (!bySeq.has(line.seq)) bySeq.set(line.seq, line);
  const settled = inPlace(read.map((line) => (line && bySeq.get(line.seq) === line ? line.seq : 0)));
  const problems: AuditProblem[] = [];
  /** The last line that is where it should be, and how many behind it were edited. */
  let last = noLines;
  let edited = 0;
  read.forEach((line, index) => {
    const say = (problem: string): void => void problems.push({ line: index + 1, problem });
    if (!line) {
      edited += 1;
      say('was edited: it is not what its hash was made of');
    } else if (bySeq.get(line.seq) !== line) {
      say('was inserted: the line with its number is another one');
    } else if (!settled.has(line.seq)) {
      say(`was moved: it is line ${line.seq}`);
    } else {
      const gone = missingBetween(last.count, line.seq, bySeq);
      if (gone.length > edited) say(`${span(gone)} before it: ${gone.length - edited} deleted`);
      const before = line.seq === 1 ? noLines : bySeq.get(line.seq - 1);
      if (before && before.hash !== line.prev)
        say('does not follow the line before it: one of the two was made anew, or is of another file');
      last = { count: line.seq, hash: line.hash };
      edited = 0;
    }
  });
  return { lines, head: last, unread: edited, torn, problems };
}

/** The most numbers that stand in order; those that are not among them were moved. 0 is none. */
function inPlace(numbers: readonly number[]): ReadonlySet<number> {
  /** The smallest number that ends an ordered row of each length, and what stands before each number in its row. */
  const ends: number[] = [];
  const before = new Map<number, number>();
  for (const number of numbers) {
    if (number === 0) continue;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    before.set(number, ends[low - 1] ?? 0);
    ends[low] = number;
  }
  const row = new Set<number>();
  for (let number = ends.at(-1) ?? 0; number > 0; number = before.get(number) ?? 0) row.add(number);
  return row;
}

function missingBetween(from: number, to: number, known: ReadonlyMap<number, unknown>): number[] {
  const length = Math.min(Math.max(0, to - from - 1), MAX_MISSING);
  const between = Array.from({ length }, (_, offset) => from + 1 + offset);
  return between.filter((number) => !known.has(number));
}

function span(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  return first === last ? `line ${first}` : `lines ${first}-${last}`;
}

/** The same, with whether the end is the one that was recorded apart from the file. */
export function checkAudit(bytes: Buffer, recorded: AuditHead | undefined): CheckedAudit {
  const checked = checkLines(bytes);
  const { head, unread, torn, problems } = checked;
  const count = head.count + unread;
  const all = [...problems];
  if (torn.length > 0) all.push({ line: count + 1, problem: 'is cut off in its middle' });
  if (!recorded) {
    all.push({
      line: count + 1,
      problem: 'no end is recorded beside the file, so nobody knows what is missing here',
    });
  } else if (count < recorded.count) {
    all.push({ line: count + 1, problem: `the file was cut off: ${recorded.count} lines were recorded` });
  } else if (count > recorded.count) {
    all.push({
      line: recorded.count + 1,
      problem: `lines behind the recorded end (${recorded.count}): inserted, or of an export that did not finish`,
    });
  } else if (unread === 0 && head.hash !== recorded.hash) {
    all.push({ line: count, problem: 'is not the line that was recorded as the last one' });
  }
  return { ...checked, problems: all };
}

/** What is between line breaks, and what is behind the last one. */
export function split(bytes: Buffer): { whole: Buffer[]; torn: Buffer } {
  const whole: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    whole.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { whole, torn: bytes.subarray(start) };
}
