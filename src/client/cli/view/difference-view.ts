import type { AgentDifference, DifferentTurn } from '../../../contracts/difference.ts';
import type { differenceOf } from '../../state-difference.ts';
import type { Colors } from '../output.ts';
import { clean, oneLine } from './text.ts';

/** Of a value; `--json` has all of it. */
const MAX_CHARS = 70;

/** What differs between two states: a sign, the path, and the value that came, went or is another one. */
export function differenceLines(
  difference: ReturnType<typeof differenceOf>,
  from: unknown,
  colors: Colors,
): string[] {
  if (difference.length === 0) return ['They are the same.'];
  return difference.map((change) => {
    const path = oneLine(change.path, MAX_CHARS);
    switch (change.op) {
      case 'add':
        return `${colors.green('+')} ${path} ${brief(change.value)}`;
      case 'remove':
        return `${colors.red('-')} ${path} ${brief(valueAt(from, change.path))}`;
      case 'replace':
        return `${colors.yellow('~')} ${path} ${brief(valueAt(from, change.path))} → ${brief(change.value)}`;
      case 'move':
        return `${colors.yellow('>')} ${oneLine(change.from, MAX_CHARS)} → ${path}`;
    }
  });
}

/** As it was at first; what the changes before have moved is not found again, and left out. */
function valueAt(value: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
      value,
    );
}

function brief(value: unknown): string {
  return value === undefined ? '' : oneLine(JSON.stringify(value), MAX_CHARS);
}

/** Where two agents part, and what differs there. */
export function partingView(difference: AgentDifference, colors: Colors): string {
  const { one, other, same, parting, turns, more } = difference;
  if (!parting) return `${clean(one)} and ${clean(other)} did the same in ${same} turns.`;
  const later = turns.slice(1).map((turn) => `  ${turnsOf(turn)}: ${partNames(turn)}`);
  return [
    colors.bold(
      `${clean(one)} and ${clean(other)} did the same in ${same} turns and part at ${turnsOf(parting)}`,
    ),
    ...parting.parts.flatMap((part) => [
      `  ${part.part}`,
      `    ${colors.red('-')} ${brief(part.one)}`,
      `    ${colors.green('+')} ${brief(part.other)}`,
    ]),
    ...(later.length > 0 ? ['After that these differ:', ...later] : []),
    ...(more ? ['  and more'] : []),
  ].join('\n');
}

function turnsOf({ one, other }: DifferentTurn): string {
  if (one === other) return one === 0 ? 'the beginning' : `turn ${one}`;
  if (one === undefined) return `turn ${other} of the second alone`;
  return other === undefined ? `turn ${one} of the first alone` : `turn ${one} against ${other}`;
}

function partNames({ parts }: DifferentTurn): string {
  return parts.map(({ part }) => part).join(', ');
}
