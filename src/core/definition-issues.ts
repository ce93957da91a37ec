import type * as z from 'zod';

/** A mistake and the field that it is in. */
export interface SpecificIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const UNKNOWN_FIELD = 'there is no such field';

/**
 * The mistakes behind an issue, each at the field that people can correct. Where several forms are allowed, a schema only
 * says that none fits; of their mistakes those count that were found deepest, in the form that the author had in mind.
 */
export function specificIssues(issue: z.core.$ZodIssue): SpecificIssue[] {
  const { path, message } = issue;
  switch (issue.code) {
    case 'invalid_union': {
      const forms = issue.errors.map((errors) =>
        errors.flatMap(specificIssues).map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      );
      return closestForm(forms, path) ?? [{ path, message }];
    }
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: UNKNOWN_FIELD }));
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, message: `the name: ${inner.message}` }));
    default:
      return [{ path, message }];
  }
}

function closestForm(
  forms: readonly SpecificIssue[][],
  path: readonly PropertyKey[],
): SpecificIssue[] | undefined {
  const deepest = Math.max(...forms.flat().map((issue) => issue.path.length));
  // All forms fail at the value itself: it is none of them, so each says what it would have taken.
  if (deepest <= path.length) {
    const messages = new Set(forms.flat().map(({ message }) => message));
    return messages.size > 0 ? [{ path, message: [...messages].join('; or ') }] : undefined;
  }
  const close = forms.filter((form) => form.some((issue) => issue.path.length === deepest));
  // Who wrote a field had a form in mind that knows it.
  const unknown = (form: readonly SpecificIssue[]): number =>
    form.filter((issue) => issue.message === UNKNOWN_FIELD).length;
  return close.toSorted((left, right) => unknown(left) - unknown(right))[0];
}
