/** A process of its own that tries to pay the same invoices as its siblings. */
import { ToolError, ToolUnavailable } from '../../src/tools/define-tool.ts';
import { openLedger } from '../../src/tools/ledger.ts';

const [file = '', id = ''] = process.argv.slice(2);
const ledger = openLedger(file);
for (let number = 0; number < 20; number += 1) {
  while (!isSettled(number));
}

/** A lock that is not to be had in time is no answer: the step of such a call is tried again. */
function isSettled(number: number): boolean {
  try {
    ledger.pay({
      ...{ key: `${id}/${number}`, invoice: `in/${number}.xml`, supplier: 'L-7', number: String(number) },
      ...{ amountCents: 100, currency: 'EUR', account: 'DE1', purchaseOrder: 'B-1', now: new Date() },
      limitCents: 1_500,
    });
    return true;
  } catch (error) {
    if (error instanceof ToolUnavailable) return false;
    if (error instanceof ToolError) return true;
    throw error;
  }
}
