import * as z from 'zod';
import { Budget, Name } from '../contracts/definition.ts';
import { AnswerForm } from '../contracts/form.ts';
import { Duration } from '../contracts/duration.ts';
import { Json, JsonObject } from '../contracts/json.ts';
import { MAX_TEXT_CHARS } from '../contracts/start.ts';
import { MAX_NOTE_CHARS } from './bounds.ts';
import { conditionProblem } from './condition.ts';

/** A model writes conditions too, so they are no longer than they need to be. */
const Condition = z
  .string()
  .min(1)
  .max(1_000)
  .superRefine((condition, context) => {
    const message = conditionProblem(condition);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Commands of core that are tools to the model: they change the agent itself, so no activity runs them. */
export const builtInTools = {
  ask_human: {
    description:
      'Ask a person and wait for the answer, for days if need be. Several questions in one reply are asked side by side. With a form (JSON Schema of an object with plain fields) the answer has its fields.',
    input: z.strictObject({
      question: z.string().min(1).max(20_000),
      choices: z.array(z.string().max(500)).min(1).max(20).optional(),
      form: AnswerForm.optional(),
    }),
  },
  note: {
    description:
      'Write down something that must not be forgotten. Notes survive when old parts of the conversation are condensed.',
    input: z.strictObject({ text: z.string().min(1).max(MAX_NOTE_CHARS) }),
  },
  sleep_until: {
    description: 'Do nothing until a time (ISO 8601 with time zone) or for a duration like 90s, 10m, 2d.',
    input: z
      .strictObject({ at: z.iso.datetime({ offset: true }).optional(), after: Duration.optional() })
      .refine(({ at, after }) => (at === undefined) !== (after === undefined), {
        message: 'give either at or after',
      }),
  },
  wait_for_event: {
    description:
      'Wait until an event of this name arrives from outside; the result is its payload. A filter (CEL over name and payload, like payload.amount > 100.0) lets only some through.',
    input: z.strictObject({
      name: z.string().min(1).max(200),
      filter: Condition.optional(),
      timeout: Duration.optional(),
    }),
  },
  watch: {
    description:
      'Wait until a condition (CEL over result, like result.open == 0) holds of what a reading tool gives with these arguments. It runs every so often, without you, for weeks if need be; the result is what it gave then.',
    input: z.strictObject({
      tool: Name,
      args: JsonObject.default({}),
      condition: Condition,
      every: Duration,
      timeout: Duration.optional(),
    }),
  },
  delegate: {
    description:
      'Let another agent do a part of the work, with a part of your budget, and wait for its result, for days if need be. Several in one reply work side by side. With "wait": false you go on, and a message tells you when it has ended.',
    input: z.strictObject({
      agent: Name,
      input: z.string().min(1).max(MAX_TEXT_CHARS),
      budget: Budget.optional(),
      wait: z.boolean().optional(),
    }),
  },
  finish: {
    description:
      'End your work with this result. Call it alone, after you have read the results of all other calls.',
    input: z.strictObject({ result: Json }),
  },
} as const;

export type BuiltInTool = keyof typeof builtInTools;

export function isBuiltIn(name: string): name is BuiltInTool {
  return Object.hasOwn(builtInTools, name);
}

/** A built-in tool as the model is told of it. */
export function builtInModelTool(name: BuiltInTool): {
  name: string;
  description: string;
  parameters: JsonObject;
} {
  const { description, input } = builtInTools[name];
  return { name, description, parameters: JsonObject.parse(z.toJSONSchema(input, { io: 'input' })) };
}
