import { randomUUID } from 'node:crypto';
import { ScheduleAlreadyRunning } from '@temporalio/client';
import {
  encodeScheduleAction,
  encodeSchedulePolicies,
  encodeScheduleSpec,
} from '@temporalio/client/lib/schedule-helpers.js';
import type proto from '@temporalio/proto';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { DefinitionSchedule } from '../../contracts/schedule.ts';
import type { Access } from '../access.ts';
import { GatewayError } from '../gateway-error.ts';
import { DEFINITION_MEMO, definitionOf } from './described.ts';
import { scheduleIdOf } from './schedule-id.ts';
import { type ScheduleAction, scheduleOptions } from './schedule-options.ts';

/** A definition that has a schedule in its front matter. */
export interface DefinedSchedule {
  readonly definition: string;
  readonly schedule: DefinitionSchedule;
}

export interface Applied {
  readonly schedule: string;
  readonly definition: string;
  readonly change: 'created' | 'updated' | 'unchanged';
}

function actionOf({ definition, schedule }: DefinedSchedule): ScheduleAction {
  const { agent, input, text, event } = schedule;
  const by = `schedule ${scheduleIdOf(definition)}`;
  const start = { agent: definition, input, requester: by };
  if (agent === undefined) return { kind: 'start', start };
  return {
    kind: 'message',
    message: {
      ...{ agent, by, start },
      ...(text === undefined ? {} : { text }),
      ...(event === undefined ? {} : { event }),
    },
  };
}

/** Creates or updates one; whatever the server throws goes through. Somebody who applies at the same time does no harm. */
export async function applyOne(access: Access, defined: DefinedSchedule): Promise<Applied> {
  const { definition } = defined;
  const id = scheduleIdOf(definition);
  const options = scheduleOptions(id, defined.schedule, actionOf(defined), access.taskQueue);
  const { note } = defined.schedule;
  try {
    await access.client.schedule.create({
      scheduleId: id,
      ...options,
      memo: { [DEFINITION_MEMO]: definition },
      ...(note === undefined ? {} : { state: { note } }),
    });
    return { schedule: id, definition, change: 'created' };
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  return { schedule: id, definition, change: await updateOne(access, id, defined, options) };
}

/** By the raw request: the SDK's own update reads the schedule first, and can't read all that there are (1.24.0). */
async function updateOne(
  access: Access,
  id: string,
  { schedule: { note } }: DefinedSchedule,
  { spec, action, policies }: ReturnType<typeof scheduleOptions>,
): Promise<'updated' | 'unchanged'> {
  const { namespace, identity, loadedDataConverter } = access.client.options;
  const before = await describe(access, id);
  if ((await definitionOf(access.client, before.memo)).definition === undefined)
    throw new GatewayError(
      'Conflict',
      `The schedule ${id} was not made of a definition, so it stays as it is.`,
      {
        help: `Delete it first, if the definition's is to take its place: perdure schedule delete ${id}.`,
      },
    );
  const state = before.schedule?.state ?? {};
  await access.client.workflowService.updateSchedule({
    ...{ namespace, identity, scheduleId: id, requestId: randomUUID() },
    conflictToken: before.conflictToken ?? null,
    schedule: {
      spec: encodeScheduleSpec(spec),
      action: await encodeScheduleAction(loadedDataConverter, namespace, action, {}),
      policies: encodeSchedulePolicies(policies),
      // While it is paused, the note says why.
      state: { ...state, ...(state.paused ? {} : { notes: note ?? '' }) },
    },
  });
  const [was, is] = await Promise.all(
    [before, await describe(access, id)].map((one) => contentOf(access, one)),
  );
  return was === is ? 'unchanged' : 'updated';
}

type Described = proto.temporal.api.workflowservice.v1.IDescribeScheduleResponse;

function describe({ client }: Access, id: string): Promise<Described> {
  return client.workflowService.describeSchedule({ namespace: client.options.namespace, scheduleId: id });
}

/** What the server makes of a schedule, so that two forms of writing the same are the same; encrypted, the same are different bytes. */
async function contentOf({ client }: Access, { schedule }: Described): Promise<string> {
  const { input, ...start } = schedule?.action?.startWorkflow ?? {};
  const given = await decodeArrayFromPayloads(client.options.loadedDataConverter, input?.payloads);
  return JSON.stringify([schedule?.spec, start, given, schedule?.policies, schedule?.state?.notes]);
}
