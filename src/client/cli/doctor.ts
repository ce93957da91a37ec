import type { Command } from 'commander';
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
        return findings.some(({ level }) => level === 'fail') ? 1 : undefined;
      }),
    );
}

export function findingText({ level, name, message, fix }: Finding, colors: Colors): string {
  const mark = { ok: colors.green('ok  '), warn: colors.yellow('warn'), fail: colors.red('fail') }[level];
  const line = `${mark}  ${name.padEnd(18)}  ${oneLine(message, 300)}`;
  return fix === undefined ? line : `${line}\n${indent(`fix: ${fix}`, ' '.repeat(26))}`;
}
