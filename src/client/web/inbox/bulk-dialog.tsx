import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import { sendDecision, takeStatus } from '../api/approvals.ts';
import { approvalObject, approvalTitle, compactValues, headlineFacts } from '../approval/title.ts';
import { ValuesTable } from '../approval/values-table.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { OneByOneButtons, useOneByOne } from '../controls/one-by-one.tsx';
import { UntrustedText } from '../text/untrusted-text.tsx';
import { visibleText } from '../text/visible-text.ts';
import { approvalRowKey } from './inbox-filter.ts';

export type BulkDecision = 'approve' | 'reject';

/** What came of each approval, by its row. */
type Results = ReadonlyMap<string, string>;

interface Props {
  readonly rows: readonly PendingApproval[];
  readonly decision: BulkDecision;
  readonly tool: string;
  readonly onClose: () => void;
}

/** Shows once more what is decided, then decides one after the other and says of each what came of it. */
export function BulkDialog({ rows: chosen, decision, tool, onClose }: Props) {
  // What was chosen when it opened: the list goes on changing behind it.
  const [rows] = useState(chosen);
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const work = useOneByOne({
    items: rows,
    keyOf: approvalRowKey,
    act: async ({ agent, approval: { id, revision } }) => {
      const message = reason.trim();
      const request = { agent, approval: id, revision, decision, ...(message === '' ? {} : { message }) };
      takeStatus(client, await sendDecision(request));
      return decision === 'approve' ? 'approved' : 'rejected';
    },
  });
  const verb = decision === 'approve' ? 'Approve' : 'Reject';
  return (
    <Dialog
      title={`${verb} ${rows.length} calls of ${visibleText(tool)}`}
      onClose={onClose}
      mayClose={work.stop}
    >
      <BulkRows rows={rows} results={work.outcomes} />
      {decision === 'reject' && (
        <label className="field">
          Reason
          <textarea
            rows={2}
            value={reason}
            disabled={!work.job.isIdle}
            onChange={(event) => {
              setReason(event.target.value);
            }}
          />
        </label>
      )}
      <OneByOneButtons
        {...{ work, verb, onClose }}
        count={rows.length}
        isDangerous={decision === 'reject'}
        isReady={decision === 'approve' || reason.trim() !== ''}
        done="sent"
      />
    </Dialog>
  );
}

function BulkRows({
  rows,
  results,
}: {
  readonly rows: readonly PendingApproval[];
  readonly results: Results;
}) {
  return (
    <ul className="bulk-list">
      {rows.map((row) => (
        <li key={approvalRowKey(row)}>
          <BulkRow row={row} />
          <output>{visibleText(results.get(approvalRowKey(row)) ?? '')}</output>
        </li>
      ))}
    </ul>
  );
}

/** What is asked and with what, at a glance, and all of it for whoever opens it. */
function BulkRow({ row: { agent, approval } }: { readonly row: PendingApproval }) {
  const { args, facts } = approval;
  return (
    <div>
      <strong>
        <UntrustedText text={`${approvalTitle(approval)} ${approvalObject(approval)}`} />
      </strong>{' '}
      <span className="quiet">
        <UntrustedText text={[agent, headlineFacts(approval)].filter(Boolean).join(' · ')} />
      </span>
      <details>
        <summary>
          <UntrustedText text={compactValues(args)} />
        </summary>
        <ValuesTable values={args} none="It has no arguments." />
        {Object.keys(facts).length > 0 && (
          <>
            <p className="label">Facts</p>
            <ValuesTable isDense values={facts} none="" />
          </>
        )}
      </details>
    </div>
  );
}
