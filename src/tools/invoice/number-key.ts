/**
 * What makes two invoice numbers the same: letters' case, white space, invisible characters (of whichever category: marks, letters and
 * the empty Braille cell among them) and the many kinds of dash make no difference, or a supplier could be paid twice for `2026-17` and `2026\u201017`.
 */
export function invoiceNumberKey(number: string): string {
  return number
    .normalize('NFKC')
    .replace(/[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .toUpperCase();
}
