import proto from '@temporalio/proto';
import type { GrpcCall } from './grpc-proxy.ts';

const { workflowservice } = proto.temporal.api;
const { CommandType } = proto.temporal.api.enums.v1;

/**
 * The steps of an agent at which a crash could lose or repeat something. What the worker commits to the server is seen on
 * the wire, the effect itself at its owner; so the production build runs, without any hook in it.
 */
export const boundaries = [
  'model-dispatch',
  'model-reply',
  'tool-claim',
  'lease-check',
  'tool-effect',
  'result-record',
  'approval-record',
  'continue-as-new',
  'child-start',
  'child-end',
] as const;
export type Boundary = (typeof boundaries)[number];

/** Which of them this call of a worker is about; a workflow task may commit several at once. */
export function boundariesOf({ method, request }: GrpcCall): Boundary[] {
  switch (method) {
    case 'RespondWorkflowTaskCompleted':
      return committed(request);
    case 'RespondActivityTaskCompleted':
      return activityOf(request) === 'callModel'
        ? ['model-reply']
        : activityOf(request) === 'runTool'
          ? ['result-record']
          : [];
    case 'RecordActivityTaskHeartbeat':
      return activityOf(request) === 'runTool' && isLeaseCheck(request) ? ['lease-check'] : [];
    default:
      return [];
  }
}

/** Whether the call is about this agent: its id is in the task's token, which nothing but the server reads otherwise. */
export function isAbout(agent: string, { request }: GrpcCall): boolean {
  return request.includes(agent);
}

function committed(request: Buffer): Boundary[] {
  const { commands, messages } = workflowservice.v1.RespondWorkflowTaskCompletedRequest.decode(request);
  const found = new Set<Boundary>();
  for (const command of commands) {
    const activity = command.scheduleActivityTaskCommandAttributes?.activityType?.name;
    if (activity === 'callModel') found.add('model-dispatch');
    if (activity === 'runTool') found.add('tool-claim');
    if (command.commandType === CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION)
      found.add('continue-as-new');
    if (command.commandType === CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION)
      found.add('child-start');
    if (command.commandType === CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION) found.add('child-end');
  }
  for (const { body } of messages) {
    if (body?.type_url?.endsWith('update.v1.Acceptance')) found.add('approval-record');
  }
  return [...found];
}

/** The task token is the server's own; the name of the activity stands in it as text. */
function activityOf(request: Buffer): string | undefined {
  return ['callModel', 'runTool'].find((name) => request.includes(name));
}

/** The SDK's own heartbeats carry progress; the question whether this attempt still counts carries nothing. */
function isLeaseCheck(request: Buffer): boolean {
  const { details } = workflowservice.v1.RecordActivityTaskHeartbeatRequest.decode(request);
  return (details?.payloads ?? []).length === 0;
}
