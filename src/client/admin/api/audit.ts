import * as z from 'zod';
import { AuditChecked } from '../../../contracts/audit.ts';
import { type AuditHead, chained, noLines } from '../../../storage/audit-chain.ts';
import type { Audit } from '../../audit.ts';
import { operation } from './operation.ts';

const End = z
  .string()
  .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'as an export names its end: 12:<64 hexadecimal digits>');

export const auditOperations = [
  operation({
    id: 'checkAudit',
    method: 'get',
    path: '/agents/:id/audit/check',
    summary: 'Where the audit ends, and whether one that was taken earlier is still how it begins',
    query: z.strictObject({ end: End.optional(), values: z.enum(['true', 'false']).default('false') }),
    answer: AuditChecked,
    perform: async ({ agent, query: { end, values } }, { gateway }) => {
      const lines = entriesOf(await gateway.audit(agent, values === 'true'));
      const now = chained(lines, noLines).head;
      return { end: textOf(now), ...(end === undefined ? {} : { earlier: compare(lines, now, end) }) };
    },
  }),
];

function entriesOf({ runs }: Audit): object[] {
  return runs.flatMap(({ entries }) => entries);
}

function textOf({ count, hash }: AuditHead): string {
  return `${count}:${hash}`;
}

/** Each line's hash stands for all lines before it, so the end of the same number of lines says whether they are the same. */
function compare(lines: readonly object[], now: AuditHead, end: string): AuditChecked['earlier'] {
  if (textOf(now) === end) return 'same';
  const count = Number(end.split(':')[0]);
  return count < now.count && textOf(chained(lines.slice(0, count), noLines).head) === end
    ? 'continued'
    : 'differs';
}
