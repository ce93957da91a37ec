import * as z from 'zod';

/** One input field. Flat, and without patterns: a model writes it, and a regular expression of its choice could take for ever. */
const Field = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean']),
  title: z.string().max(200).optional(),
  description: z.string().max(1_000).optional(),
  enum: z.array(z.string().max(500)).min(1).max(50).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** What people fill in as an answer: the part of JSON Schema that any program can draw a form from. */
export const AnswerForm = z
  .strictObject({
    type: z.literal('object'),
    properties: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), Field)
      .refine(
        (fields) => Object.keys(fields).length >= 1 && Object.keys(fields).length <= 20,
        '1 to 20 fields',
      ),
    required: z.array(z.string()).max(20).optional(),
  })
  .refine(({ properties, required = [] }) => required.every((name) => Object.hasOwn(properties, name)), {
    path: ['required'],
    message: 'names a field that is not there',
  });
export type AnswerForm = z.infer<typeof AnswerForm>;
