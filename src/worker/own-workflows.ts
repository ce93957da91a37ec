import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Activities, LocalActivities } from '../contracts/activities.ts';
import { SWEEP_WORKFLOW_TYPE } from '../contracts/archive-sweep.ts';
import { MESSAGE_WORKFLOW_TYPE } from '../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { NOTICE_WORKFLOW_TYPE } from '../contracts/notice.ts';

/** Activities that agents do not ask for themselves. */
const others: Partial<Record<keyof Activities | keyof LocalActivities, string>> = {
  sendNotice: NOTICE_WORKFLOW_TYPE,
  findAgent: MESSAGE_WORKFLOW_TYPE,
  deliverMessage: MESSAGE_WORKFLOW_TYPE,
  archiveRuns: SWEEP_WORKFLOW_TYPE,
};

/**
 * Activities do as they are told: it is the agent's workflow that asks its policy and people first. Temporal lets whoever reaches it start
 * an activity without a workflow, so only those that our workflows have scheduled are run.
 */
export const onlyForOwnWorkflows: ActivityInterceptorsFactory = ({ info }) => {
  const wanted = (others as Partial<Record<string, string>>)[info.activityType] ?? AGENT_WORKFLOW_TYPE;
  if (info.inWorkflow && info.workflowType === wanted) return {};
  const message = `${info.activityType} runs for workflows of the type ${wanted} only`;
  return {
    inbound: {
      execute: () => Promise.reject(ApplicationFailure.nonRetryable(message, 'Forbidden')),
    },
  };
};
