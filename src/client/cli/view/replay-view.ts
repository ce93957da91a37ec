import type { ReplayVerdict } from '../../../contracts/replay.ts';
import type { Colors } from '../output.ts';
import { clean, oneLine } from './text.ts';

type Incompatible = Extract<ReplayVerdict, { compatible: false }>;

export function replayView(verdict: ReplayVerdict, colors: Colors): string {
  if (!verdict.compatible) return incompatibleLines(verdict, colors).join('\n');
  return `${clean(verdict.agent)} ${colors.green('is compatible')}: all ${verdict.events} events come out of this build's code again.`;
}

interface All {
  readonly checked: number;
  readonly incompatible: readonly Incompatible[];
}

export function replayAllView({ checked, incompatible }: All, colors: Colors): string {
  if (incompatible.length === 0)
    return checked === 0 ? 'No agent is open.' : `All ${checked} open agents can go on with this build.`;
  return [
    `${incompatible.length} of ${checked} open agents would break with this build:`,
    ...incompatible.flatMap((verdict) => incompatibleLines(verdict, colors)),
  ].join('\n');
}

function incompatibleLines({ agent, run, parting, reason }: Incompatible, colors: Colors): string[] {
  const head = `${clean(agent)} ${colors.red('is not compatible')}${run === '' ? '' : ` (run ${clean(run)})`}`;
  const where =
    parting === undefined
      ? []
      : [
          `  where    event ${parting.event.id}, ${clean(parting.event.type)}`,
          `  history  ${clean(parting.history)}`,
          `  code     ${clean(parting.code)}`,
        ];
  return [head, ...where, `  reason   ${oneLine(reason, 400)}`];
}
