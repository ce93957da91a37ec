/** Words that a question is about; more add nothing to the order of what is found. */
const maxTerms = 32;
/** Longer runs of letters are no words, and a term is looked up as a whole. */
const maxTermChars = 64;

/** What FTS5's tokenizer makes a word of: letters, digits and private characters, with the marks that belong to them. */
const word = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/**
 * A text as a query that FTS5 can always read: any of its words, each also as the beginning of a longer one. Nothing of
 * the text is left that could be an operator. Undefined when there is no word in it.
 */
export function ftsQuery(text: string): string | undefined {
  const words = text.normalize('NFC').toLowerCase().match(word) ?? [];
  const terms = [...new Set(words.map((term) => term.slice(0, maxTermChars)))].slice(0, maxTerms);
  return terms.length === 0 ? undefined : terms.map((term) => `"${term}"*`).join(' OR ');
}
