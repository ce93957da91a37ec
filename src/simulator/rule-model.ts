import type { ChatRequest } from './chat-request.ts';
import type { ModelReply } from './model-answer.ts';
import { conversationOf } from './rules/conversation.ts';
import { invoiceJob } from './rules/invoice-job.ts';
import { checkerJob } from './rules/packages/checker-job.ts';
import { wardenJob } from './rules/packages/warden-job.ts';
import { plainJob } from './rules/plain-job.ts';

/** Said once, at the start of a conversation. */
const INTRODUCTION = '(This is the simulator: hand-written rules in the place of a language model.)';
/** Longest part of a person's message that is repeated to acknowledge it. */
const MAX_HEARD_CHARS = 160;

/** What the rules can do, each for agents that have the tools for it. */
const jobs = [invoiceJob, wardenJob, checkerJob];

/** The reply of the rules: decided by the conversation alone, so the same request always gets the same reply. */
export function ruleReply(request: ChatRequest): ModelReply {
  const conversation = conversationOf(request);
  const reply =
    jobs.reduce<ModelReply | undefined>((reply, job) => reply ?? job(conversation), undefined) ??
    plainJob(conversation);
  const heard = conversation.news.map((text) => `I have your message: “${shorten(text)}”.`);
  const words = [...(conversation.begun ? [] : [INTRODUCTION]), ...heard, reply.text ?? ''];
  return { ...reply, text: words.join(' ') };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_HEARD_CHARS ? line : `${line.slice(0, MAX_HEARD_CHARS)}…`;
}
