import { toolNames, type ChatRequest } from './chat-request.ts';
import type { ModelFault, ModelReply } from './model-answer.ts';

/** Faults that break the protocol below the reply: the server acts them out on the connection itself. */
export type WireFault = Extract<
  ModelFault,
  { fault: 'rate_limit' | 'status' | 'hang' | 'cut_stream' | 'wrong_content_type' }
>;

const LOREM = 'These words only fill a reply that is meant to break. ';

/** Turns the faults that are well-formed HTTP, but a bad reply, into that reply; hands the others back. */
export function replyOf(
  fault: ModelFault,
  request: ChatRequest,
): { reply: ModelReply } | { wire: WireFault } {
  const firstTool = toolNames(request)[0] ?? 'note';
  switch (fault.fault) {
    case 'truncated_json': {
      const name = fault.tool ?? firstTool;
      const toolCalls = [{ name, arguments: '{"text": "these arguments stop in the mid' }];
      return { reply: { toolCalls, finishReason: fault.finishReason ?? 'tool_calls' } };
    }
    case 'unknown_tool':
      return { reply: { toolCalls: [{ name: fault.tool ?? 'tool_that_does_not_exist', arguments: {} }] } };
    case 'bad_arguments': {
      const wrong = JSON.stringify(fault.arguments ?? { unexpected: true });
      return { reply: { toolCalls: [{ name: fault.tool ?? firstTool, arguments: wrong }] } };
    }
    case 'empty_reply':
      return { reply: { finishReason: fault.finishReason ?? 'stop' } };
    case 'huge_reply':
      return { reply: { text: LOREM.repeat(Math.ceil(fault.chars / LOREM.length)).slice(0, fault.chars) } };
    case 'rate_limit':
    case 'status':
    case 'hang':
    case 'cut_stream':
    case 'wrong_content_type':
      return { wire: fault };
  }
}

/** Long enough that a cut somewhere in it leaves a visible beginning. */
export const TEXT_TO_CUT = LOREM.repeat(8);
