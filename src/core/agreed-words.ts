import type { Decision } from '../contracts/approval.ts';
import type { AgentState } from '../contracts/state.ts';
import { jsonBytes } from '../contracts/json.ts';
import { openApprovals } from './approvals.ts';
import { MAX_AGREED_BYTES, MAX_AGREED_CHARS } from './bounds.ts';
import { beginning } from './text.ts';

const CUT_NOTE = ' …[cut: the history has the rest]';
/** No character takes more as JSON. */
const MAX_CHARACTER_BYTES = 6;

/** A yes as it is kept until others have said theirs: its words are carried with the question, in every status document and run. */
export function shortened(state: AgentState, made: Decision): Decision {
  const { message } = made;
  if (message === undefined) return made;
  const said = openApprovals(state).flatMap(({ decisions }) => decisions.map((other) => other.message ?? ''));
  const room = MAX_AGREED_BYTES - said.reduce((sum, text) => sum + jsonBytes(text), 0);
  const chars = Math.min(MAX_AGREED_CHARS, Math.max(0, Math.floor(room / MAX_CHARACTER_BYTES)));
  return message.length <= chars ? made : { ...made, message: beginning(message, chars) + CUT_NOTE };
}

/** Whether what is kept is the beginning of what was said. */
export function isKeptOf(kept: string | undefined, said: string | undefined): boolean {
  if (kept === said) return true;
  if (kept?.endsWith(CUT_NOTE) !== true) return false;
  return said?.startsWith(kept.slice(0, -CUT_NOTE.length)) === true;
}
