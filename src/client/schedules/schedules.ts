import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { MESSAGE_WORKFLOW_TYPE, MessageAgent } from '../../contracts/message-agent.ts';
import { AGENT_WORKFLOW_TYPE } from '../../contracts/message-definitions.ts';
import { describeIssues } from '../../contracts/messages.ts';
import { type Overlap, ScheduleTiming } from '../../contracts/schedule.ts';
import { AgentStart } from '../../contracts/start.ts';
import { startProblem } from '../../core/begin.ts';
import { specificIssues } from '../../core/definition-issues.ts';
import { type Access, askServer } from '../access.ts';
import { GatewayError } from '../gateway-error.ts';
import { type Applied, applyOne, type DefinedSchedule } from './apply.ts';
import { scheduleIdOf } from './schedule-id.ts';
import {
  type DescribedSchedule,
  describedSchedule,
  type ListedSchedule,
  listedSchedule,
} from './described.ts';
import { overlapCode, type ScheduleAction, scheduleOptions } from './schedule-options.ts';

/** A list is for a person; nobody has more schedules of agents than this. */
const MAX_LISTED = 1_000;
const PAGE_SIZE = 100;
/** Together with the scheduled time it is the id of a message, which has at most 200 characters. */
const MAX_ID_CHARS = 150;

export interface NewSchedule {
  readonly id: string;
  readonly timing: Readonly<Record<string, unknown>>;
  readonly action: ScheduleAction;
  readonly paused?: boolean;
  /** How often it acts at most. */
  readonly remainingActions?: number;
}

/** Temporal's own schedules, as far as they start agents or speak to them. Part of the gateway, with its errors. */
export class Schedules {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Fails `Invalid` for what is wrong with it, `Conflict` when there is one with this id. */
  async create({ id, timing, action, paused, remainingActions }: NewSchedule): Promise<DescribedSchedule> {
    checkId(id);
    const parsed = ScheduleTiming.safeParse(timing);
    if (!parsed.success) throw new GatewayError('Invalid', mistakesIn(parsed.error));
    checkAction(action);
    const { note } = parsed.data;
    await askForSchedule(this.#access, id, () =>
      this.#access.client.schedule.create({
        scheduleId: id,
        ...scheduleOptions(id, parsed.data, action, this.#access.taskQueue),
        state: {
          paused: paused ?? false,
          ...(note === undefined ? {} : { note }),
          ...(remainingActions === undefined ? {} : { remainingActions }),
        },
      }),
    );
    return this.describe(id);
  }

  /** Those that start agents or speak to them, by id. The server's list may be a second behind. */
  async list(): Promise<ListedSchedule[]> {
    const { client } = this.#access;
    const listed: ListedSchedule[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await askServer(this.#access, () =>
        client.workflowService.listSchedules({
          namespace: client.options.namespace,
          maximumPageSize: PAGE_SIZE,
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        }),
      );
      const entries = await Promise.all(page.schedules.map((entry) => listedSchedule(client, entry)));
      listed.push(...entries.filter(isOurs));
      nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
    } while (nextPageToken !== undefined && listed.length < MAX_LISTED);
    return listed.sort((left, right) => left.schedule.localeCompare(right.schedule));
  }

  /** Fails `NotFound`. */
  async describe(id: string): Promise<DescribedSchedule> {
    const { client } = this.#access;
    const namespace = client.options.namespace;
    const described = await askForSchedule(this.#access, id, () =>
      client.workflowService.describeSchedule({ namespace, scheduleId: id }),
    );
    return describedSchedule(client, id, described);
  }

  /** Fails `NotFound` also for one that neither starts agents nor speaks to them: it is somebody else's. */
  async requireOurs(id: string): Promise<void> {
    if (!isOurs(await this.describe(id))) throw missing(id);
  }

  /** The note is kept until the next one. */
  async pause(id: string, note: string): Promise<void> {
    await askForSchedule(this.#access, id, () => this.#access.client.schedule.getHandle(id).pause(note));
  }

  async resume(id: string, note: string): Promise<void> {
    await askForSchedule(this.#access, id, () => this.#access.client.schedule.getHandle(id).unpause(note));
  }

  /** Acts now, also when it is paused or has no actions left; of several with the same `requestId` the first one counts. */
  async trigger(id: string, overlap: Overlap, requestId: string = randomUUID()): Promise<void> {
    const { client } = this.#access;
    const { namespace, identity } = client.options;
    await askForSchedule(this.#access, id, () =>
      client.workflowService.patchSchedule({
        ...{ namespace, identity, scheduleId: id, requestId },
        patch: { triggerImmediately: { overlapPolicy: overlapCode(overlap) } },
      }),
    );
  }

  /** What it has started goes on. */
  async delete(id: string): Promise<void> {
    await askForSchedule(this.#access, id, () => this.#access.client.schedule.getHandle(id).delete());
  }

  /** Ids of schedules that were made of definitions, and that these definitions no longer have. */
  async leftOver(defined: readonly DefinedSchedule[]): Promise<string[]> {
    const wanted = new Set(defined.map(({ definition }) => scheduleIdOf(definition)));
    return (await this.list())
      .filter(({ schedule, definition }) => definition !== undefined && !wanted.has(schedule))
      .map(({ schedule }) => schedule);
  }

  /** Makes each schedule what the front matter says; a person's pause stays. Fails `Conflict` for one that was not made so. */
  async apply(defined: readonly DefinedSchedule[]): Promise<Applied[]> {
    const applied: Applied[] = [];
    for (const one of defined) {
      checkId(scheduleIdOf(one.definition));
      applied.push(
        await askForSchedule(this.#access, scheduleIdOf(one.definition), () => applyOne(this.#access, one)),
      );
    }
    return applied;
  }
}

function isOurs({ workflow }: Pick<ListedSchedule, 'workflow'>): boolean {
  return workflow === AGENT_WORKFLOW_TYPE || workflow === MESSAGE_WORKFLOW_TYPE;
}

function checkId(id: string): void {
  if (id.trim() === '' || id.length > MAX_ID_CHARS)
    throw new GatewayError('Invalid', `id: 1 to ${MAX_ID_CHARS} characters`);
}

/** The mistake in the form that was meant, where there are several. */
function mistakesIn({ issues }: z.ZodError): string {
  return issues
    .flatMap(specificIssues)
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ');
}

/** What the workflow would refuse each time is refused here once. */
function checkAction(action: ScheduleAction): void {
  const parsed =
    action.kind === 'start' ? AgentStart.safeParse(action.start) : MessageAgent.safeParse(action.message);
  if (!parsed.success) throw new GatewayError('Invalid', describeIssues(parsed.error));
  const start = AgentStart.safeParse(action.kind === 'start' ? action.start : action.message.start).data;
  const problem = start && startProblem(start);
  if (problem) throw new GatewayError(problem.type, problem.message);
}

function missing(id: string, cause?: unknown): GatewayError {
  const help = 'See which there are: perdure schedule list.';
  return new GatewayError('NotFound', `There is no schedule ${id}.`, { help, cause });
}

/** The client's errors about schedules, in the words of the failure table. */
async function askForSchedule<T>(access: Access, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await askServer(access, work);
  } catch (error) {
    const isMissing =
      error instanceof ScheduleNotFoundError || (error instanceof GatewayError && error.type === 'NotFound');
    if (isMissing) throw missing(id, error);
    if (error instanceof ScheduleAlreadyRunning)
      throw new GatewayError('Conflict', `There is a schedule ${id} already.`, {
        help: 'Choose another id, or delete it first: perdure schedule delete.',
        cause: error,
      });
    // What the server says of a spec that it can't take, and the client of one that it can't write.
    if (error instanceof TypeError || error instanceof RangeError)
      throw new GatewayError('Invalid', `The schedule is not accepted: ${error.message}`, { cause: error });
    throw error;
  }
}
