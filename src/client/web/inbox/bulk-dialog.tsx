import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import { sendDecision, takeStatus } from '../api/approvals.ts';
import { approvalObject, headlineFacts } from '../approval/title.ts';
import { Dialog } from '../controls/dialog.tsx';
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
  const { results, sending } = useBulkDecision(rows, decision, reason.trim());
  const verb = decision === 'approve' ? 'Approve' : 'Reject';
  return (
    <Dialog title={`${verb} ${rows.length} calls of ${visibleText(tool)}`} onClose={onClose}>
      <BulkRows rows={rows} results={results} />
      {decision === 'reject' && (
        <label className="field">
          Reason
          <textarea
            rows={2}
            value={reason}
            disabled={!sending.isIdle}
            onChange={(event) => {
              setReason(event.target.value);
            }}
          />
        </label>
      )}
      <div className="buttons">
        {sending.isIdle ? (
          <button
            type="button"
            className={decision === 'approve' ? 'primary' : 'danger'}
            disabled={decision === 'reject' && reason.trim() === ''}
            onClick={() => {
              sending.mutate();
            }}
          >
            Confirm: {verb.toLowerCase()} all {rows.length}
          </button>
        ) : (
          <button type="button" disabled={sending.isPending} onClick={onClose}>
            {sending.isPending ? `${results.size} of ${rows.length} sent …` : 'Done'}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function useBulkDecision(rows: readonly PendingApproval[], decision: BulkDecision, message: string) {
  const [results, setResults] = useState<Results>(new Map());
  const client = useQueryClient();
  const sending = useMutation({
    mutationFn: async () => {
      for (const row of rows) {
        const { agent, approval } = row;
        const request = { agent, approval: approval.id, revision: approval.revision, decision };
        const said = await sendDecision({ ...request, ...(message === '' ? {} : { message }) }).then(
          (status) => {
            takeStatus(client, status);
            return decision === 'approve' ? 'approved' : 'rejected';
          },
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        setResults((known) => new Map(known).set(approvalRowKey(row), said));
      }
    },
  });
  return { results, sending };
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
          <strong>
            <UntrustedText text={approvalObject(row.approval)} />
          </strong>{' '}
          <span className="quiet">
            <UntrustedText text={[row.agent, headlineFacts(row.approval)].filter(Boolean).join(' · ')} />
          </span>
          <output>{visibleText(results.get(approvalRowKey(row)) ?? '')}</output>
        </li>
      ))}
    </ul>
  );
}
