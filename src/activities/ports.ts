import type { ModelMessage, ModelReply, ModelTool } from '../contracts/model.ts';

/** What is asked of a model: everything it may know, nothing it may do by itself. */
export interface ModelQuestion {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  readonly maxOutputTokens: number;
}

/** How a call reports its progress and learns that nobody waits for it any more. */
export interface ModelCall {
  readonly signal: AbortSignal;
  /** Called with all of the text so far whenever more of it has arrived. */
  readonly onPartial: (textSoFar: string) => void;
}

/** A model server. Fails with an `ApplicationFailure` whose type is in the failure table. */
export interface ModelPort {
  reply(question: ModelQuestion, call: ModelCall): Promise<ModelReply>;
}
