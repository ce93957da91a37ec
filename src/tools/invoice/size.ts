/** Invoices come with embedded PDFs of a few megabytes at most; the rest is a few kilobytes. */
export const maxInvoiceBytes = 5 * 1024 * 1024;
