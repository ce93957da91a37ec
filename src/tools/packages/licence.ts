import * as z from 'zod';

const maxLicenceChars = 500;

const Named = z.object({ type: z.string() });
const One = z.union([z.string(), Named.transform(({ type }) => type)]);

/** What a `package.json` or an entry of a lock file says of its licence, also in the old forms; empty if nothing. */
export function licenceIn(manifest: { license?: unknown; licenses?: unknown }): string {
  const one = One.safeParse(manifest.license).data;
  const several =
    z.union([One.transform((each) => [each]), z.array(One)]).safeParse(manifest.licenses).data ?? [];
  const text = one ?? (several.length > 1 ? `(${several.join(' OR ')})` : (several[0] ?? ''));
  return text.replaceAll(/\s+/gu, ' ').trim().slice(0, maxLicenceChars);
}

/**
 * Whether an SPDX expression can be met with the allowed licences alone: one side of an `OR`, both of an `AND`. A
 * licence `WITH` an exception must be allowed as a whole. What is no expression is never allowed.
 */
export function isLicenceAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/gu) ?? [];
  const parser = { tokens, at: 0, allowed };
  const isMet = either(parser);
  return isMet === true && parser.at === tokens.length;
}

interface Parser {
  readonly tokens: readonly string[];
  at: number;
  readonly allowed: ReadonlySet<string>;
}

/** Undefined: it is no expression. The depth is bounded by the length of the text. */
function either(parser: Parser): boolean | undefined {
  let met = both(parser);
  while (met !== undefined && take(parser, 'OR')) {
    const right = both(parser);
    met = right === undefined ? undefined : met || right;
  }
  return met;
}

function both(parser: Parser): boolean | undefined {
  let met = single(parser);
  while (met !== undefined && take(parser, 'AND')) {
    const right = single(parser);
    met = right === undefined ? undefined : met && right;
  }
  return met;
}

function single(parser: Parser): boolean | undefined {
  if (take(parser, '(')) {
    const met = either(parser);
    return take(parser, ')') ? met : undefined;
  }
  const id = parser.tokens[parser.at];
  if (id === undefined || !/^[\w.+:-]+$/u.test(id) || ['AND', 'OR', 'WITH'].includes(id)) return undefined;
  parser.at += 1;
  if (!take(parser, 'WITH')) return parser.allowed.has(id);
  const exception = parser.tokens[parser.at] ?? '';
  parser.at += 1;
  return parser.allowed.has(`${id} WITH ${exception}`);
}

function take(parser: Parser, token: string): boolean {
  if (parser.tokens[parser.at] !== token) return false;
  parser.at += 1;
  return true;
}
