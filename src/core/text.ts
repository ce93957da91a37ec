import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Temporal shows at most 200 bytes of a summary and refuses one of more than 400, for ever. */
const MAX_SUMMARY_BYTES = 200;

/** The beginning of a text. Never half of a character: some model servers refuse a request with one. */
export function beginning(text: string, chars: number): string {
  return text.slice(0, chars).toWellFormed();
}

/** Characters of one byte that JSON does not escape: nearly every summary consists of them, and needs no counting. */
const takesOneByteEach = /^[ !#-[\]-~]*$/;

/** A summary for the Web UI: one line that is short in the bytes that it takes as JSON, whatever language it is in. */
export function summaryLine(text: string): string {
  const short = beginning(text, MAX_SUMMARY_BYTES).replace(/\s+/g, ' ');
  if (takesOneByteEach.test(short)) return short;
  let line = '';
  let size = 0;
  for (const character of short) {
    size += utf8ToBytes(JSON.stringify(character)).length - 2;
    if (size > MAX_SUMMARY_BYTES) break;
    line += character;
  }
  return line;
}
