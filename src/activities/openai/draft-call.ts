import type { CallPiece } from './completion-wire.ts';
import { ModelFault } from './model-fault.ts';
import { isWholeObject } from './call-arguments.ts';

/** A tool call as far as it has been written. */
export interface DraftCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  argumentsText: string;
}

/** No model asks for this many calls at once; a server that does is broken, or sends every piece as a call of its own. */
const MAX_CALLS = 128;

/**
 * Adds a piece to the call that it belongs to, or starts another call. Servers tell calls apart by index, by id, by neither,
 * or give every call the index 0, so each sign counts.
 */
export function addCallPiece(calls: DraftCall[], piece: CallPiece): void {
  if (isRepeated(calls, piece)) return;
  const call = callOf(calls, piece) ?? startCall(calls, piece);
  const name = piece.function?.name ?? '';
  // Some servers repeat the whole name in every piece, a few send it in pieces.
  if (name !== call.name) call.name += name;
  if (call.id === '') call.id = piece.id ?? '';
  const written = piece.function?.arguments;
  if (typeof written === 'string') call.argumentsText += written;
  // Arguments that come as a JSON value rather than as text can't come in pieces.
  else if (written !== undefined && written !== null) call.argumentsText = JSON.stringify(written);
}

function callOf(calls: DraftCall[], piece: CallPiece): DraftCall | undefined {
  const call =
    typeof piece.index === 'number' ? calls.findLast((each) => each.index === piece.index) : calls.at(-1);
  if (call === undefined) return undefined;
  // Some servers make up an id for every piece; only a call that begins has a name.
  if (!piece.function?.name) return call;
  const otherId = Boolean(piece.id) && call.id !== '' && piece.id !== call.id;
  return otherId || isWholeObject(call.argumentsText) ? undefined : call;
}

/** A call that is whole already, said once more at the end under its id and index: with all of its arguments, or with none. */
function isRepeated(calls: readonly DraftCall[], { index, id, function: said }: CallPiece): boolean {
  if (typeof index !== 'number' || !id) return false;
  const call = calls.findLast((each) => each.index === index && each.id === id);
  if (call === undefined || !isWholeObject(call.argumentsText)) return false;
  const written = said?.arguments ?? '';
  return written === '' || written === call.argumentsText;
}

function startCall(calls: DraftCall[], piece: CallPiece): DraftCall {
  if (calls.length >= MAX_CALLS) {
    throw new ModelFault('ModelProtocol', `more than ${MAX_CALLS} tool calls in one reply`);
  }
  const call = { index: piece.index ?? undefined, id: '', name: '', argumentsText: '' };
  calls.push(call);
  return call;
}
