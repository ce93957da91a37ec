/**
 * What is not seen but changes what is read, or tells a model what no person reads: controls, marks that turn the direction of
 * writing, tags, variation selectors, other characters of no width, and blanks that look like nothing. Line breaks and tabs are what
 * they seem.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** How a symbol is drawn, which keyboards write with it. */
const presentation = /[\ufe0e\ufe0f]/;
const symbol = /\p{Extended_Pictographic}/u;

/** A run of text as it may be shown, or a hidden character with the name that stands for it. */
export interface TextPart {
  readonly kind: 'text' | 'hidden';
  readonly text: string;
}

/** Text of models, tools and strangers, with every hidden character made visible. */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let run = '';
  let before = '';
  for (const character of text.replaceAll('\r\n', '\n')) {
    const isShown = !isHidden(character, before);
    before = character;
    if (isShown) {
      run += character;
      continue;
    }
    if (run !== '') parts.push({ kind: 'text', text: run });
    run = '';
    parts.push({ kind: 'hidden', text: codePoint(character) });
  }
  if (run !== '') parts.push({ kind: 'text', text: run });
  return parts;
}

function isHidden(character: string, before: string): boolean {
  if (character === '\n' || character === '\t' || !hidden.test(character)) return false;
  return !(presentation.test(character) && symbol.test(before));
}

/** The same as plain text, for titles and labels. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => (part.kind === 'text' ? part.text : `⟨${part.text}⟩`))
    .join('');
}

/** The beginning of a text on one line. */
export function oneLine(text: string, most = 160): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line.slice(0, 2 * most + 2));
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
