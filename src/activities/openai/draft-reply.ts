import type { MessagePiece, Part, WireChoice, WireCompletion, WireUsage } from './completion-wire.ts';
import { addCallPiece, type DraftCall } from './draft-call.ts';
import { MAX_REPLY_BYTES, type PartialReply } from '../ports.ts';
import { ModelFault } from './model-fault.ts';

/** Only the beginning of the thoughts is kept, so they may be longer than the rest; but a model that never comes to an end is not heard out. */
const MAX_CHARACTERS = 2_000_000;

/** A reply as far as it has been written, from pieces of a stream or from one whole completion. */
export class DraftReply {
  readonly calls: DraftCall[] = [];
  text = '';
  reasoning = '';
  model = '';
  finishReason = '';
  usage: WireUsage | undefined;
  /** Whether the server sent a choice at all. */
  started = false;
  /** Whether text or calls went on after a finish reason: then this server's finish reasons end nothing. */
  wentOn = false;
  /** Whether calls were spoken of at all, even if none could be read. */
  announcesCalls = false;
  #size = 0;

  add(completion: WireCompletion): void {
    if (completion.model) this.model = completion.model;
    if (completion.usage) this.usage = completion.usage;
    // Only one choice is ever asked for; further ones would be alternatives to it.
    const choice = completion.choices?.find((each) => (each.index ?? 0) === 0);
    if (choice !== undefined) this.#addChoice(choice);
  }

  /** How many characters were written, in whichever part of the reply. */
  get size(): number {
    return this.#size;
  }

  /** What a person who watches may see so far: the words, or else the thoughts, and the calls as they are being written. */
  progress(): PartialReply {
    const words = this.text === '' ? this.reasoning : this.text;
    return { words, calls: this.calls.map((call) => `${call.name} ${call.argumentsText}`) };
  }

  #addChoice(choice: WireChoice): void {
    // A few servers end a stream with the whole message once more, which must not count twice.
    const whole = this.#size === 0 ? choice.message : undefined;
    const piece = choice.delta ?? whole;
    const finished = this.finishReason !== '';
    if (piece !== undefined) this.#addMessage(piece, finished);
    if (piece !== undefined || choice.finish_reason) this.started = true;
    if (choice.finish_reason) this.finishReason = choice.finish_reason;
  }

  #addMessage(piece: MessagePiece, finished: boolean): void {
    const before = this.#size;
    const { text, reasoning } = wordsOf(piece);
    this.text += text;
    this.reasoning += reasoning;
    if (piece.tool_calls !== undefined) this.announcesCalls = true;
    for (const callPiece of piece.tool_calls ?? []) {
      if (callPiece !== undefined) addCallPiece(this.calls, callPiece);
    }
    if (piece.function_call)
      addCallPiece(this.calls, { index: 0, id: undefined, function: piece.function_call });
    const written = this.calls.reduce((sum, call) => sum + call.name.length + call.argumentsText.length, 0);
    const kept = this.text.length + written;
    this.#size = kept + this.reasoning.length;
    if (finished && this.#size > before) this.wentOn = true;
    // What is too long already will not be taken when it is whole: to read on would only cost time.
    if (kept > MAX_REPLY_BYTES) throw tooLong(MAX_REPLY_BYTES);
    if (this.#size > MAX_CHARACTERS) throw tooLong(MAX_CHARACTERS);
  }
}

function tooLong(most: number): ModelFault {
  return new ModelFault('ModelProtocol', `the reply is longer than ${most} characters`);
}

function wordsOf(piece: MessagePiece): { text: string; reasoning: string } {
  const parts = Array.isArray(piece.content) ? piece.content : [];
  const content = typeof piece.content === 'string' ? piece.content : parts.map(textOf).join('');
  // A refusal takes the place of the text: it is what the model has to say.
  return {
    text: content || (piece.refusal ?? ''),
    reasoning: (piece.reasoning_content ?? piece.reasoning ?? '') + parts.map(thinkingOf).join(''),
  };
}

function textOf(part: Part): string {
  return part.text ?? part.refusal ?? '';
}

function thinkingOf({ thinking }: Part): string {
  if (!Array.isArray(thinking)) return thinking ?? '';
  return thinking.map((thought) => thought.text ?? '').join('');
}
