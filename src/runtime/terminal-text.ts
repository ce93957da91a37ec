import { stripVTControlCharacters } from 'node:util';

/* oxlint-disable no-control-regex -- Control characters are exactly what is looked for here. */
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
/** Marks that reorder what a person reads without being seen themselves. */
const reordering = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Text of models, tools and strangers as a terminal may show it: no escape sequence can move, hide or fake anything. */
export function clean(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replace(controls, '')
    .replace(reordering, '');
}
