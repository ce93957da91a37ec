import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AuditHead, type AuditLine } from '../../storage/audit-chain.ts';
import { AuditBroken, extendAudit, headFileOf, ownerProblem, readHead } from '../../storage/audit-file.ts';
import { checkAudit } from '../../storage/audit-check.ts';
import { compareAudit } from '../audit-compare.ts';
import { GatewayError } from '../gateway-error.ts';
import { examples } from './arguments.ts';
import { writeAudit } from './audit-text.ts';
import type { Run, Session } from './session.ts';
import { clean } from './view/text.ts';

interface ExportOptions {
  readonly out?: string;
  readonly values?: boolean;
}

interface VerifyOptions {
  readonly end?: string;
  readonly against?: string;
  readonly values?: boolean;
}

export function registerAudit(program: Command, run: Run): void {
  const audit = program
    .command('audit')
    .usage('<id> [options] | export <id> [options] | verify <file> [options]')
    .description('what an agent did and what was done to it, each line bound to the one before')
    .addHelpText('after', '\nWith an id alone it is `audit export`.')
    .addHelpText('after', examples('perdure audit a1', 'perdure audit a1 --out a1.jsonl'));
  audit
    .command('export <id>', { isDefault: true })
    .description(
      'write the audit as JSON lines (with --json as one array), or add to a file what has come since',
    )
    .option('--out <file.jsonl>', 'a file; its end is recorded beside it, in <file>.head.json')
    .option('--values', 'what was said and done, and not only hashes of it')
    .addHelpText(
      'after',
      examples('perdure audit export a1 --out a1.jsonl', 'perdure audit export a1 --values | jq .'),
    )
    .action((id: string, options: ExportOptions) => run((session) => exportAudit(session, id, options)));
  audit
    .command('verify <file>')
    .description('find and name lines that were edited, deleted, inserted, moved or cut off')
    .option('--end <count:hash>', 'the end as you have kept it, instead of <file>.head.json')
    .option('--against <id>', "compare the lines with the agent's histories as well")
    .option('--values', 'the file has values (if no record beside it says so)')
    .addHelpText(
      'after',
      examples(
        'perdure audit verify .perdure/audit/a1.9d5c01234567.jsonl',
        'perdure audit verify a1.jsonl --against a1',
      ),
    )
    .action((file: string, options: VerifyOptions) => run((session) => verify(session, file, options)));
}

async function exportAudit(session: Session, id: string, { out, values }: ExportOptions): Promise<undefined> {
  const gateway = await session.gateway();
  if (out === undefined) {
    const form = session.out.format === 'json' ? 'array' : 'lines';
    const head = await writeAudit(gateway.auditRuns(id, values === true), form, (text) => {
      session.out.raw(text);
    });
    session.out.note(`Keep the end apart: ${head.count}:${head.hash}`);
    return undefined;
  }
  const recorded = await readHead(out).catch(explain);
  const { owner, runs } = await gateway.audit(id, values ?? recorded?.values ?? false);
  const { added, head } = await extendAudit(out, owner, runs).catch(explain);
  session.out.data({ file: out, added, lines: head.count, end: `${head.count}:${head.hash}` }, () =>
    [
      `${clean(out)}: ${added} lines added, ${head.count} in all`,
      `end ${head.count}:${head.hash} (${clean(headFileOf(out))})`,
    ].join('\n'),
  );
  return undefined;
}

async function verify(session: Session, file: string, options: VerifyOptions): Promise<number | undefined> {
  const bytes = await readFile(file).catch(explain);
  const recorded = await readHead(file).catch(explain);
  const { lines, problems } = checkAudit(bytes, options.end === undefined ? recorded : endOf(options.end));
  const stranger = recorded && ownerProblem(lines, recorded);
  const { against } = options;
  const values = options.values ?? recorded?.values ?? false;
  const compared =
    against === undefined
      ? { problems: [], unknown: 0 }
      : compareAudit(lines, await (await session.gateway()).audit(against, values, runsOf(lines)));
  const all = [...problems, ...(stranger ? [stranger] : []), ...compared.problems].toSorted(
    (one, other) => one.line - other.line,
  );
  const { unknown } = compared;
  const uncompared = unknown === 0 ? '' : `; ${unknown} of runs whose history nobody has any more`;
  session.out.data({ file, lines: lines.length, unknown, ok: all.length === 0, problems: all }, () =>
    all.length === 0
      ? `${clean(file)}: ${lines.length} lines, all as they were written${uncompared}`
      : all.map(({ line, problem }) => `${clean(file)}:${line}: ${clean(problem)}`).join('\n'),
  );
  return all.length === 0 ? undefined : 1;
}

function runsOf(lines: readonly AuditLine[]): string[] {
  return [...new Set(lines.map(({ entry }) => String(entry['run'])))];
}

function endOf(text: string): AuditHead {
  const [count, hash] = text.split(':');
  const parsed = AuditHead.safeParse({ count: Number(count), hash });
  if (parsed.success) return parsed.data;
  throw new GatewayError(
    'Invalid',
    '--end: a number of lines and 64 hexadecimal digits, with a colon between',
  );
}

function explain(error: unknown): never {
  if (error instanceof AuditBroken)
    throw new GatewayError('AuditBroken', `${error.message}.`, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    throw new GatewayError('NotFound', `There is no such file: ${error.message}`, {
      help: 'Audits of this machine are in the folder audit of PERDURE_DATA_DIR.',
      cause: error,
    });
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    throw new GatewayError('ArchiveUnavailable', `The file can't be used: ${error.message}.`, {
      cause: error,
    });
  throw error;
}
