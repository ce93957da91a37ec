import type { ListedAgent } from '../../../contracts/answers.ts';
import { VirtualList } from '../controls/virtual-list.tsx';
import { AgentRow } from './agent-row.tsx';

interface Props {
  readonly rows: readonly ListedAgent[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
}

/** Agents as far as they have been read; the next page comes when its place is reached. */
export function AgentList({ rows, hasMore, isReading, onMore }: Props) {
  return (
    <>
      <div className="agent-columns" aria-hidden="true">
        <span>Agent</span>
        <span>Status</span>
        <span>Waits for</span>
        <span>Turn</span>
        <span>Since</span>
      </div>
      <VirtualList
        className="agent-list"
        label="Agents"
        rows={rows}
        keyOf={({ runId }) => runId}
        onEnd={hasMore && !isReading ? onMore : undefined}
        render={(row) => <AgentRow row={row} />}
      />
    </>
  );
}
