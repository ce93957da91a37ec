import * as z from 'zod';
import { defineTool } from '../../../src/tools/define-tool.ts';

/** A gateway that sends whatever it is given, each time. */
export interface FaxGateway {
  send(number: string, text: string): Promise<{ pages: number }>;
}

export function sendFax(gateway: FaxGateway) {
  return defineTool({
    name: 'send_fax',
    description: 'Sends a fax. It can not be taken back.',
    effect: 'once',
    timeoutMs: 60_000,
    input: z.strictObject({ number: z.string().regex(/^\+\d{5,15}$/), text: z.string().max(10_000) }),
    output: z.object({ pages: z.int() }),
    run: async ({ number, text }, { confirmLease }) => {
      await confirmLease();
      return gateway.send(number, text);
    },
  });
}
