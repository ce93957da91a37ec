import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApprovalDetails } from '../../../contracts/answers.ts';
import { get, pathPart } from '../api/ask.ts';
import { approvalKey, knownApproval } from '../api/approvals.ts';
import { useLive } from '../api/live.ts';
import { ErrorView } from '../controls/error-view.tsx';
import { LiveMark } from '../controls/live-mark.tsx';
import { Loading } from '../controls/loading.tsx';
import { Link } from '../navigation.tsx';
import { ApprovalPanel } from './approval-panel.tsx';
import type { PanelHeading } from './panel-section.tsx';
import { shownFromDetails, shownFromInbox } from './shown-approval.ts';

interface Props {
  readonly agent: string;
  readonly approval: string;
}

/** A page of its own, which links in notifications lead to. */
export function ApprovalPage({ agent, approval }: Props) {
  const client = useQueryClient();
  const live = useLive(`/agents/${pathPart(agent)}/events`, {
    status: () => void client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
  return (
    <main className="page narrow">
      <p className="back">
        <Link to={{ page: 'inbox', view: 'all' }}>← Inbox</Link> <LiveMark live={live} />
      </p>
      <Approval agent={agent} approval={approval} heading="h1" />
    </main>
  );
}

/**
 * An approval by its address: at once what the inbox knows of it, then all of it. What is shown once stays, also when the inbox
 * forgets it meanwhile: somebody may be writing an answer.
 */
export function Approval({ agent, approval, heading }: Props & { readonly heading: PanelHeading }) {
  const details = useQuery({
    queryKey: approvalKey(agent, approval),
    queryFn: ({ signal }) =>
      get(`/agents/${pathPart(agent)}/approvals/${pathPart(approval)}`, ApprovalDetails, signal),
    refetchOnWindowFocus: true,
  });
  const client = useQueryClient();
  const [first] = useState(() => knownApproval(client, agent, approval));
  if (details.data) return <ApprovalPanel shown={shownFromDetails(details.data)} heading={heading} />;
  const known = knownApproval(client, agent, approval) ?? first;
  if (known) return <ApprovalPanel shown={shownFromInbox(known, details.isPending)} heading={heading} />;
  if (details.error)
    return (
      <ErrorView
        error={details.error}
        onRetry={() => {
          void details.refetch();
        }}
      />
    );
  return <Loading what="the approval" />;
}
