import type proto from '@temporalio/proto';
import type { Parting } from '../contracts/replay.ts';

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** What a command's event stands for; undefined for an event that the workflow's code did not cause. */
function deedOf(event: HistoryEvent): string | undefined {
  const activity = event.activityTaskScheduledEventAttributes;
  if (activity) return `starts the activity ${activity.activityType?.name ?? ''}`;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child) return `starts the workflow ${child.workflowId ?? ''}`;
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  if (signal)
    return `sends ${signal.signalName ?? 'a signal'} to ${signal.workflowExecution?.workflowId ?? ''}`;
  const marker = event.markerRecordedEventAttributes;
  if (marker) return markerDeed(marker.markerName ?? '');
  return plainDeeds.find(([attributes]) => event[attributes])?.[1];
}

function markerDeed(name: string): string {
  if (name === 'core_patch') return 'makes a change that is guarded by patched';
  return name === 'core_local_activity' ? 'ends a local activity' : `records the marker ${name}`;
}

const plainDeeds: readonly (readonly [keyof HistoryEvent, string])[] = [
  ['timerStartedEventAttributes', 'starts a timer'],
  ['timerCanceledEventAttributes', 'cancels a timer'],
  ['activityTaskCancelRequestedEventAttributes', 'cancels an activity'],
  ['upsertWorkflowSearchAttributesEventAttributes', 'sets search attributes'],
  ['workflowPropertiesModifiedEventAttributes', 'changes its memo'],
  ['workflowExecutionUpdateAcceptedEventAttributes', 'accepts an update'],
  ['workflowExecutionUpdateCompletedEventAttributes', 'answers an update'],
  ['workflowExecutionCompletedEventAttributes', 'completes'],
  ['workflowExecutionFailedEventAttributes', 'fails'],
  ['workflowExecutionCanceledEventAttributes', 'ends as cancelled'],
  ['workflowExecutionContinuedAsNewEventAttributes', 'continues as new'],
];

/** Temporal's Core names the machine that did not expect the event: it stands for what the code did there. */
const machineDeeds: readonly (readonly [RegExp, string])[] = [
  [/^local ?activity/i, 'runs a local activity'],
  [/^activity/i, 'starts an activity'],
  [/^cancel ?timer/i, 'cancels a timer'],
  [/^timer/i, 'starts a timer'],
  [/^child ?workflow/i, 'starts a child workflow'],
  [/^signal ?external/i, 'sends a signal'],
  [/^cancel ?external/i, 'cancels another workflow'],
  [/^upsert ?search/i, 'sets search attributes'],
  [/^modify ?workflow/i, 'changes its memo'],
  [/^patch|^version/i, 'makes a change that is guarded by patched'],
  [/^update/i, 'takes an update'],
  [/^complete/i, 'completes'],
  [/^fail/i, 'fails'],
  [/^continue/i, 'continues as new'],
];

/**
 * Where a history and the code part, in words: from the events of the workflow task in which they do, and from what
 * Temporal's SDK says of it.
 */
export function partingOf(
  events: readonly HistoryEvent[],
  { from, to }: { from: number; to: number },
  reason: string,
): Parting {
  const inTask = events.slice(from, to);
  const named = /HistoryEvent\(id: (\d+)/.exec(reason)?.[1];
  const event =
    events.find(({ eventId }) => String(eventId) === named) ??
    inTask.find((one) => isNamed(deedOf(one), reason)) ??
    inTask.find((one) => deedOf(one) !== undefined) ??
    inTask[0];
  return {
    event: { id: Number(event?.eventId ?? 0), type: event ? typeOf(event) : 'none' },
    history: (event && deedOf(event)) ?? 'has nothing that the code would have done',
    code: codeDeed(reason),
  };
}

/** As Temporal's own tools call it, from the one field of an event that says what it is. */
function typeOf(event: HistoryEvent): string {
  const field = Object.entries(event).find(
    ([name, value]) => name.endsWith('EventAttributes') && value !== undefined && value !== null,
  )?.[0];
  const name = field?.replace(/EventAttributes$/, '') ?? 'event';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Whether the SDK quotes what the event is about. */
function isNamed(deed: string | undefined, reason: string): boolean {
  const subject = deed?.split(' ').at(-1);
  return subject !== undefined && reason.includes(`'${subject}'`);
}

function codeDeed(reason: string): string {
  const kind = /(activity|workflow) type of .* command '([^']*)'/i.exec(reason);
  if (kind) return `starts the ${kind[1]?.toLowerCase() ?? 'activity'} ${kind[2] ?? ''}`;
  if (/no (corresponding .*)?command/i.test(reason)) return 'does not do that there';
  const machine =
    /(\w+?)(?:Machine)? machine does not handle/i.exec(reason)?.[1] ?? /(\w+)Machine/.exec(reason)?.[1];
  const deed = machineDeeds.find(([pattern]) => pattern.test(machine ?? ''))?.[1];
  if (deed !== undefined) return deed;
  return /workflow task failure/i.test(reason) ? 'fails' : 'does something else';
}
