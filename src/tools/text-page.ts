import { ToolError } from './define-tool.ts';

/** A part of a text that is too long to be read at once. */
export interface TextPage {
  readonly content: string;
  readonly offset: number;
  /** Where the next page begins; absent on the last. */
  readonly nextOffset?: number;
  readonly totalChars: number;
}

/** The page from a character on. Throws a `ToolError` if the text, which is called by its name, ends before. */
export function pageOfText(
  text: string,
  { offset, limit, name }: { offset: number; limit: number; name: string },
): TextPage {
  const totalChars = text.length;
  if (offset > totalChars) throw new ToolError('Invalid', `${name} has only ${totalChars} characters`);
  const end = wholeCharacters(text, Math.min(offset + limit, totalChars));
  return {
    content: text.slice(offset, end),
    offset,
    ...(end < totalChars ? { nextOffset: end } : {}),
    totalChars,
  };
}

/** Where a page that should end at `end` must end so as not to cut a character of two code units in half. */
function wholeCharacters(text: string, end: number): number {
  return end < text.length && /[\uD800-\uDBFF]/u.test(text.charAt(end - 1)) ? end - 1 : end;
}
