import { z } from 'zod';

/** What came of a tool call: its result, or an error as data. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly type: string; readonly message: string };

const Wrapped = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true), result: z.unknown() }),
  z.looseObject({
    ok: z.literal(false),
    error: z.looseObject({ type: z.string().default('Failed'), message: z.string().default('') }),
  }),
]);
const BareError = z.looseObject({
  error: z.looseObject({ type: z.string(), message: z.string().default('') }),
});

/** Reads a tool message; one that is not wrapped, or no JSON at all, is taken as the bare result. */
export function outcomeOf(content: string): Outcome {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return { ok: true, result: content };
  }
  const wrapped = Wrapped.safeParse(json);
  if (wrapped.success) {
    const { data } = wrapped;
    return data.ok ? { ok: true, result: data.result } : { ok: false, ...namedError(data.error) };
  }
  const bare = BareError.safeParse(json);
  return bare.success ? { ok: false, ...namedError(bare.data.error) } : { ok: true, result: json };
}

function namedError(error: { type: string; message: string }): { type: string; message: string } {
  return { type: error.type, message: error.message };
}

/** Errors that would be the same the next time: there is no sense in asking again. */
const FINAL_ERRORS = /invalid|not.?found|forbid|denied|reject|ignore|expire|suggest|unknown.?tool/i;

/** Whether a call that only looks something up may be made again after this. */
export function worthRetrying(outcome: Outcome | undefined): boolean {
  return outcome === undefined || (!outcome.ok && !FINAL_ERRORS.test(outcome.type));
}
