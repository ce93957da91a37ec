import type { Json } from '../contracts/json.ts';
import { MAX_RESULT_CHARS, MAX_TURN_RESULT_CHARS } from './bounds.ts';
import { beginning } from './text.ts';

/** The whole result is in the history; the state, which is carried from run to run, keeps what the model may read. */
export function boundedResult(result: Json, callsInTurn: number): Json {
  const room = Math.min(MAX_RESULT_CHARS, Math.floor(MAX_TURN_RESULT_CHARS / callsInTurn));
  const text = JSON.stringify(result);
  if (text.length <= room) return result;
  const truncated = `the result has ${text.length} characters, of which the first ${room} follow; ask for a smaller part`;
  return { truncated, preview: beginning(text, room) };
}
