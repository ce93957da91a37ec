import type { Command } from 'commander';
import { failures } from '../../contracts/failures.ts';
import type { Finding } from '../doctor/finding.ts';
import { examples } from './arguments.ts';
import type { Colors } from './output.ts';
import type { Run } from './session.ts';
import { indent, oneLine } from './view/text.ts';

export function registerDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description(
      'checks runtime, server, namespace, search attributes, worker, archive, model and payloads; each line has its fix',
    )
    .addHelpText('after', examples('perdure doctor', 'perdure doctor --json'))
    .addHelpText(
      'after',
      '\nExit codes: 0 when nothing fails, 5 when Temporal can not be reached, 6 when it refuses, 1 for all else that fails.',
    )
    .action(() =>
      run(async (session) => {
        const { runChecks } = await import('../doctor/checks.ts');
        const findings = await runChecks({
          settings: () => session.settings(),
          connected: () => session.connected(),
          archive: () => session.archive(),
          taskQueue: session.taskQueue,
          environment: process.env,
          nodeVersion: process.versions.node,
        });
        session.out.data(findings, () =>
          findings.map((finding) => findingText(finding, session.out.colors)).join('\n'),
        );
        return exitCodeOf(findings);
      }),
    );
}

/** A server that can't be asked counts as it does for every command, whatever else is wrong. */
export function exitCodeOf(findings: readonly Finding[]): number | undefined {
  const failed = findings.filter((finding) => finding.level === 'fail');
  const refused = failed.find(({ code }) => code === 'Unreachable' || code === 'Forbidden')?.code;
  if (refused !== undefined) return failures[refused].exitCode;
  return failed.length > 0 ? 1 : undefined;
}

export function findingText({ level, name, message, fix }: Finding, colors: Colors): string {
  const mark = { ok: colors.green('ok  '), warn: colors.yellow('warn'), fail: colors.red('fail') }[level];
  const line = `${mark}  ${name.padEnd(18)}  ${oneLine(message, 300)}`;
  return fix === undefined ? line : `${line}\n${indent(`fix: ${fix}`, ' '.repeat(26))}`;
}
