import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** A worker that died is noticed after this; activities heartbeat several times as often. */
const HEARTBEAT_TIMEOUT = '5s';

const load: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 5 },
};

/** Reading a file belongs to the first workflow task: as an activity it cost an agent's start a round more. */
const loadLocally: LocalActivityOptions = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumAttempts: 5 },
};

/** Three attempts bridge a hiccup; what lasts longer becomes an interruption that people can see. */
const model: ActivityOptions = {
  startToCloseTimeout: '15m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', backoffCoefficient: 3, maximumInterval: '30s', maximumAttempts: 3 },
};

/** One question to the server. */
const look: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 5 },
};

/** The histories of a long life are read and folded; a server that restarts meanwhile is waited for. */
const record: ActivityOptions = {
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', maximumInterval: '30s', maximumAttempts: 20 },
};

/** Five attempts over about half a minute: long enough for a locked file or a restarting service. */
const retryableTool: ActivityOptions = {
  startToCloseTimeout: '1m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '500ms', backoffCoefficient: 3, maximumInterval: '20s', maximumAttempts: 5 },
};

/** A receiver that is down for a night gets it in the morning; a day later nobody needs to be told any more. */
const notice: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1d',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
};

/**
 * An agent that is full on Friday is looked after on Monday, and so is one that nobody serves. Each attempt holds a slot of the tools' for as
 * long as nobody answers, so that they get rare.
 */
const delivery: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '3d',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5m' },
};

/** One question to the server, which answered a moment ago: it gave out the task that this belongs to. */
const find: LocalActivityOptions = {
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '3d',
  retry: { initialInterval: '200ms', maximumInterval: '30s' },
};

/**
 * A sweep ends itself within a minute or so; the next one goes on where it was. Longer than for a tool between heartbeats, because the
 * longest history is folded in one go. What three attempts can't do shows as a sweep that failed, and the next one tries again.
 */
const sweep: ActivityOptions = {
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 3 },
};

const onceTool: ActivityOptions = { ...retryableTool, retry: { maximumAttempts: 1 } };

/**
 * On the agents' own queue, where the server hands an activity over together with the answer to the workflow task: that
 * saves a round trip. If models have all the slots there, the call goes to the tools' queue after this time.
 */
const quickTool: ActivityOptions = { scheduleToStartTimeout: '2s' };

/** The next workflow task waits for a local activity, so a batch is short; one that is not runs again as steps. */
const batch: LocalActivityOptions = {
  startToCloseTimeout: '1s',
  scheduleToCloseTimeout: '1s',
  retry: { maximumAttempts: 1 },
};

/** Without facts nothing moves, so assessing is tried again. */
const assess: LocalActivityOptions = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumAttempts: 4 },
};

export const activityOptions = {
  load,
  loadLocally,
  model,
  retryableTool,
  look,
  record,
  notice,
  delivery,
  find,
  sweep,
  onceTool,
  quickTool,
  batch,
  assess,
};
