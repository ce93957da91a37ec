import { useState } from 'react';
import type { PendingApproval } from '../../../contracts/answers.ts';
import { useMayActAs } from '../api/session.ts';
import { type BulkDecision, BulkDialog } from './bulk-dialog.tsx';
import { commonLowRiskTool, commonTool } from './inbox-filter.ts';

interface Props {
  readonly rows: readonly PendingApproval[];
  readonly onDone: () => void;
}

/** One decision for several approvals of the same tool, each shown once more before it is sent. */
export function BulkBar({ rows, onDone }: Props) {
  const [decision, setDecision] = useState<BulkDecision>();
  const mayDecide = useMayActAs('approver');
  if (rows.length === 0 || !mayDecide) return null;
  const tool = commonTool(rows);
  const mayApprove = commonLowRiskTool(rows) !== undefined;
  return (
    <section className="bulk-bar" aria-label="Chosen approvals">
      <span>{rows.length} chosen</span>
      {tool === undefined ? (
        <span className="quiet">Only approvals of one tool can be decided together.</span>
      ) : (
        <>
          <button
            type="button"
            className="primary"
            disabled={!mayApprove}
            title={mayApprove ? undefined : 'One by one: a wrong yes to one of these may cost much.'}
            onClick={() => {
              setDecision('approve');
            }}
          >
            Approve {rows.length}
          </button>
          <button
            type="button"
            className="danger-quiet"
            onClick={() => {
              setDecision('reject');
            }}
          >
            Reject {rows.length}
          </button>
          {!mayApprove && <span className="quiet">Only calls with a low risk are approved together.</span>}
        </>
      )}
      <button type="button" className="ghost" onClick={onDone}>
        Choose none
      </button>
      {decision !== undefined && (
        <BulkDialog
          {...{ rows, decision }}
          tool={tool ?? ''}
          onClose={() => {
            setDecision(undefined);
            onDone();
          }}
        />
      )}
    </section>
  );
}
