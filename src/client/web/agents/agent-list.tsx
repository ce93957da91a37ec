import type { ListedAgent } from '../../../contracts/answers.ts';
import { VirtualList } from '../controls/virtual-list.tsx';
import { AgentRow } from './agent-row.tsx';

interface Props {
  readonly rows: readonly ListedAgent[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
  readonly checked: ReadonlySet<string>;
  /** Absent where nothing can be done with what is chosen. */
  readonly onCheck: ((agent: string, isChecked: boolean) => void) | undefined;
}

/** Agents as far as they have been read; the next page comes when its place is reached. */
export function AgentList({ rows, hasMore, isReading, onMore, checked, onCheck }: Props) {
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
        render={(row) => (
          <AgentRow
            row={row}
            isChecked={checked.has(row.agent)}
            onCheck={
              onCheck && row.closedAt === undefined
                ? (isChecked) => {
                    onCheck(row.agent, isChecked);
                  }
                : undefined
            }
          />
        )}
      />
    </>
  );
}
