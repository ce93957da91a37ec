import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { AgentState } from '../contracts/state.ts';
import { searchAttributes, type SearchAttributeValues } from '../core/status-document.ts';
import { statusMarkdown } from '../core/status-text.ts';

const keys = {
  definition: defineSearchAttributeKey('AgentDefinition', 'KEYWORD'),
  status: defineSearchAttributeKey('AgentStatus', 'KEYWORD'),
  waitingFor: defineSearchAttributeKey('AgentWaitingFor', 'KEYWORD_LIST'),
  pendingApprovals: defineSearchAttributeKey('AgentPendingApprovals', 'INT'),
  turn: defineSearchAttributeKey('AgentTurn', 'INT'),
};

/** Mirrors the state where lists and the Web UI read it. Search attributes are an event each, so only changes count. */
export class Visibility {
  private shown: SearchAttributeValues | undefined;

  show(state: AgentState): void {
    setCurrentDetails(statusMarkdown(state));
    const values = searchAttributes(state);
    if (this.shown && sameValues(this.shown, values)) return;
    this.shown = values;
    upsertSearchAttributes([
      { key: keys.definition, value: state.start.agent },
      { key: keys.status, value: values.status },
      { key: keys.waitingFor, value: [...values.waitingFor] },
      { key: keys.pendingApprovals, value: values.pendingApprovals },
      { key: keys.turn, value: state.turn },
    ]);
  }
}

function sameValues(left: SearchAttributeValues, right: SearchAttributeValues): boolean {
  return (
    left.status === right.status &&
    left.pendingApprovals === right.pendingApprovals &&
    left.waitingFor.join() === right.waitingFor.join()
  );
}
