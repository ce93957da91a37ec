import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ToolError, type ToolContext } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import type { Invoice, SupplierClaim } from './invoice.ts';
import type { SupplierDirectory } from './master-data.ts';
import { invoiceNumberKey } from './number-key.ts';
import { maxInvoiceBytes } from './size.ts';
import { type Stated, statedIn } from './stated.ts';

/** Each check reads the folder's earlier invoices; a folder larger than this should be archived. */
const maxCompared = 2_000;

/** As much text as thousands of invoices have, some with a PDF in them. Only looking through it takes a second or two. */
const maxReadBytes = 256 * 1024 * 1024;

/**
 * Of it only what might state the number is parsed, which takes a second for one or two megabytes that were written to
 * be slow. It counts also when it was parsed before: what is found must not depend on what this process has done.
 */
const maxParsedBytes = 16 * 1024 * 1024;

/** After so long whatever else the worker has to do gets its turn; its heartbeats must not wait for a folder. */
const turnMs = 20;

/** The invoices of the same folder that might be copied by one: those with its number whose path sorts before its own. */
export interface SameNumber {
  readonly earlier: readonly (Stated & { readonly path: string })[];
  /** Whether the folder was too much to look at all of it. */
  readonly isCutShort: boolean;
}

/**
 * Looks for an invoice's number in the folder. Only files that sort before it count, so that of several copies exactly
 * one is nobody's duplicate. What is found follows from the files alone. Rejects when the call is given up meanwhile.
 */
export async function findSameNumber(
  invoice: Invoice,
  { workspace, signal }: Pick<ToolContext, 'workspace' | 'signal'>,
): Promise<SameNumber> {
  const { entries } = workspace.list(posix.dirname(invoice.path));
  const files = entries.filter(({ path, type }) => type === 'file' && path < invoice.path);
  if (files.length > maxCompared) {
    throw new ToolError('Invalid', `more than ${maxCompared} files to look for duplicates in`);
  }
  const key = invoiceNumberKey(invoice.number);
  const earlier: (Stated & { path: string })[] = [];
  let [readBytes, parsedBytes, turnEnd] = [0, 0, performance.now() + turnMs];
  for (const { path, bytes } of files) {
    if (bytes > maxInvoiceBytes) continue;
    readBytes += bytes;
    if (readBytes > maxReadBytes) return { earlier, isCutShort: true };
    const text = readIfText(workspace, path);
    if (mightState(text, key)) {
      parsedBytes += bytes;
      if (parsedBytes > maxParsedBytes) return { earlier, isCutShort: true };
      const stated = statedIn(text, path);
      if (stated?.number === key) earlier.push({ ...stated, path });
    }
    if (performance.now() < turnEnd) continue;
    await setImmediate();
    signal.throwIfAborted();
    turnEnd = performance.now() + turnMs;
  }
  return { earlier, isCutShort: false };
}

/** The path of the first of them that is from the same supplier. */
export function copyAmong(
  earlier: SameNumber['earlier'],
  claim: SupplierClaim,
  suppliers: SupplierDirectory,
): string | undefined {
  const supplier = supplierKey(claim, suppliers);
  return earlier.find((other) => supplierKey(other.supplier, suppliers) === supplier)?.path;
}

/** One name for a supplier, known or not, so that two invoices can be told to come from the same one. */
function supplierKey(claim: SupplierClaim, suppliers: SupplierDirectory): string {
  const known = suppliers.find(claim);
  if (known !== undefined) return `id ${known.id}`;
  return claim.vatId === '' ? `name ${claim.name.toLowerCase()}` : `vat ${claim.vatId}`;
}

/** Markup that can split or spell a text differently: comments, CDATA, processing instructions, character references. */
const oddMarkup = /<!|&(?!amp;)|.<\?/su;

/** Squared words, ligatures and forms of Arabic letters, one of which may stand for many characters of a number. */
const manyInOne = /[\u3300-\u33ff\ufb00-\ufdff]/u;

/**
 * Whether a file might state an invoice number, judged without the cost of parsing it. One that spells its texts in an
 * odd way might.
 */
function mightState(text: string, key: string): boolean {
  const isPlain = !oddMarkup.test(text) && !manyInOne.test(text) && !/[&<>"']/u.test(key);
  return !isPlain || invoiceNumberKey(text).includes(key);
}

function readIfText(workspace: Workspace, path: string): string {
  try {
    return workspace.readText(path, maxInvoiceBytes).text;
  } catch (error) {
    if (error instanceof ToolError) return '';
    throw error;
  }
}
