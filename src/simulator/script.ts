import { z } from 'zod';
import { ModelFault, ModelReply } from './model-answer.ts';

/** The most calls one step may stand for. */
const MAX_TIMES = 10_000;
/** Longest wait before a step answers: ten minutes, the longest a client's own timeout usually is. */
const MAX_DELAY_MS = 600_000;

const common = {
  /** A part of the request, or of `lastMessage`, its last message: every field given must be equal. */
  expect: z.record(z.string(), z.unknown()).optional(),
  /** Wait before answering, in milliseconds. */
  delayMs: z.number().min(0).max(MAX_DELAY_MS).optional(),
  /** How many calls this step answers; 1 by default. */
  times: z.int().min(1).max(MAX_TIMES).optional(),
};

const ReplyStep = z.strictObject({ ...common, reply: ModelReply });
const FaultStep = ModelFault.options.map((option) => z.strictObject({ ...option.shape, ...common }));

/** One step of a script that comes as JSON. A step of a test may also expect with a function. */
const ScriptStep = z.union([ReplyStep, ...FaultStep]);

/** A script file: its steps. */
export const Script = z.array(ScriptStep);
export type Script = z.infer<typeof Script>;
