import { GatewayError } from '../gateway-error.ts';
import type { Session } from './session.ts';
import { commandLine } from './view/text.ts';

/** Asks on a terminal; anywhere else the flag --yes is the only way, so that no script hangs on a question. */
export async function confirmed(session: Session, effect: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY || session.out.format !== 'text')
    throw new GatewayError('Invalid', `This would ${effect}; say so with --yes.`, {
      help: `Run: ${commandLine(['perdure', ...confirming(process.argv.slice(2))])}`,
    });
  const { confirm } = await import('@clack/prompts');
  // The question goes to stderr as all that is not data does.
  const answer = await confirm({ message: `Really ${effect}?`, initialValue: false, output: process.stderr });
  return answer === true;
}

/** The words of a command with --yes, and all else as it was typed: a lock or a limit that got lost would confirm something else. The API key is never shown. */
export function confirming(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const shown = options.filter(
    (word, index) =>
      word !== '--api-key' && !word.startsWith('--api-key=') && options[index - 1] !== '--api-key',
  );
  return [...shown, '--yes', ...(end < 0 ? [] : words.slice(end))];
}
