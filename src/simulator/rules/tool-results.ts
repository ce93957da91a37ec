import { z } from 'zod';

/*
 * What the rules need of each tool's result, and no more. Other fields pass, and an optional one that is null or
 * missing is the same to them.
 */
const text = z.string().nullish();
/** Money comes as a number or, from a careful tool, as text. */
const Amount = z.union([z.number(), z.string()]);

export const Listing = z.looseObject({
  path: text,
  entries: z.array(z.looseObject({ path: z.string(), name: text, type: z.string() })),
  truncated: z.boolean().nullish(),
});
export type Listing = z.infer<typeof Listing>;

const Finding = z.looseObject({ code: z.string().default('finding'), message: z.string().default('') });

export const Invoice = z.looseObject({
  path: z.string(),
  number: z.union([z.string(), z.number()]).transform(String),
  supplier: z
    .union([
      z.string().transform((name) => ({ name, id: undefined, vatId: undefined })),
      z.looseObject({ name: text, id: text, vatId: text }),
    ])
    .nullish(),
  currency: text,
  amountDue: Amount.nullish(),
  purchaseOrder: text,
  notes: z.array(z.string()).nullish(),
  findings: z.array(Finding).nullish(),
});
export type Invoice = z.infer<typeof Invoice>;

export const Payment = z.looseObject({
  status: text,
  paymentId: text,
  invoice: text,
  number: text,
  amount: Amount.nullish(),
  currency: text,
});
export type Payment = z.infer<typeof Payment>;

/** What a person reports who did a call in the place of the agent. */
export const Report = z.looseObject({ doneBy: z.string(), report: z.string().optional() });

export const Rows = z.looseObject({
  columns: z.array(z.string()).nullish(),
  rows: z.array(z.record(z.string(), z.unknown())),
});
export type Rows = z.infer<typeof Rows>;

const Answer = z.looseObject({ answer: text, text, message: text, by: text });

/** What a person answered, and who; an answer of any other shape is shown as it is. */
export function answerOf(result: unknown): { text: string; by: string | undefined } {
  if (typeof result === 'string') return { text: result, by: undefined };
  const parsed = Answer.safeParse(result);
  const said = parsed.success ? (parsed.data.answer ?? parsed.data.text ?? parsed.data.message) : undefined;
  return { text: said ?? JSON.stringify(result ?? null), by: parsed.data?.by ?? undefined };
}
