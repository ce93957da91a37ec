import { GatewayError } from '../gateway-error.ts';
import type { Session } from './session.ts';

/** `words`: the command that is to be confirmed, as far as it need be repeated. Asks on a terminal; anywhere else the flag --yes is the only way, so that no script hangs on a question. */
export async function confirmed(
  session: Session,
  effect: string,
  words: readonly string[],
): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY || session.out.format !== 'text')
    throw new GatewayError('Invalid', `This would ${effect}; say so with --yes.`, {
      help: `Run: ${session.lineFor(...words)} --yes`,
    });
  const { confirm } = await import('@clack/prompts');
  // The question goes to stderr as all that is not data does.
  const answer = await confirm({ message: `Really ${effect}?`, initialValue: false, output: process.stderr });
  return answer === true;
}
