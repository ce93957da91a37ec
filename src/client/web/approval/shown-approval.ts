import type { ApprovalDetails, PendingApproval } from '../../../contracts/answers.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { Role } from '../../../contracts/role.ts';
import type { ApprovalView } from '../../../contracts/status.ts';

/** An approval as its page shows it: at first what the inbox knows, then with what is behind it. */
export interface ShownApproval {
  readonly agent: string;
  readonly definition: string;
  readonly requester: string | undefined;
  readonly requesterSignedInAs: Role | undefined;
  readonly state: ApprovalDetails['state'];
  /** Whether what is behind it is still being read. */
  readonly isBeingRead: boolean;
  readonly approval: ApprovalView;
  /** Of the tool's arguments, once it is known. */
  readonly inputSchema: JsonObject | undefined;
  readonly toolDescription: string | undefined;
  readonly effect: string | undefined;
  readonly turn: number | undefined;
}

export function shownFromInbox(row: PendingApproval, isBeingRead: boolean): ShownApproval {
  const { agent, definition, requester, requesterSignedInAs, approval } = row;
  return {
    ...{ agent, definition, requester, requesterSignedInAs, approval, state: 'open', isBeingRead },
    ...{ inputSchema: undefined, toolDescription: undefined, effect: undefined, turn: undefined },
  };
}

export function shownFromDetails(details: ApprovalDetails): ShownApproval {
  const { agent, definition, requester, requesterSignedInAs, state, approval, tool, turn } = details;
  return {
    ...{ agent, definition, requester, requesterSignedInAs, state, approval, turn, isBeingRead: false },
    inputSchema: tool?.inputSchema,
    toolDescription: tool?.description,
    effect: tool?.effect,
  };
}

/** What each argument means, where the tool's schema says so. */
export function descriptionsIn(schema: JsonObject | undefined): Record<string, string> {
  const { properties } = schema ?? {};
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      const isObject = typeof property === 'object' && property !== null && !Array.isArray(property);
      const description = isObject ? property['description'] : undefined;
      return typeof description === 'string' ? [[name, description]] : [];
    }),
  );
}
