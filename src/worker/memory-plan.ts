import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

const MB = 1024 * 1024;

/** V8's limit counts the young generation in, which is this large in Node 24 whatever `--max-old-space-size` is. */
const YOUNG_BYTES = 192 * MB;
/** Workflows run in a thread with a heap of its own, and Temporal's core needs memory outside of both. */
const MEMORY_SHARE = 0.4;
/** Code, libraries and what a worker needs to do nothing. */
const BASE_BYTES = 48 * MB;
/** An agent with a full context of 300,000 characters, all that led to it in this run, and the sandbox around it. */
const CACHED_AGENT_BYTES = 2.5 * MB;
/** A workflow task that begins without the agent in memory reads its whole history, which may have several megabytes. */
const WORKFLOW_TASK_BYTES = 4 * MB;
/** A model call: the context as messages, as the text of the request and as the bytes that are sent, and the reply. */
const MODEL_CALL_BYTES = 3 * MB;
/** A tool step: a result of at most 500,000 characters, as value and as text, and the file it was read from. */
const TOOL_STEP_BYTES = 3 * MB;

/** A history that is archived: as it came and as it is stored, decoded, and what was made of it for the audit. */
const ARCHIVED_FACTOR = 4;
/** As long as that of an agent of a few turns, which fits wherever a worker does. */
const MIN_ARCHIVED_BYTES = MB;

/** Of the slots of tools: the others are left when the receiver of notices does not answer. */
const NOTICES_SHARE = 0.1;

/** Shares of the heap of the main thread and of the thread in which workflows run; each has a heap of the full size. */
const CONTEXTS_SHARE = 0.2;
const MODEL_CALLS_SHARE = 0.4;
const TOOL_STEPS_SHARE = 0.2;
const ARCHIVE_SHARE = 0.2;
const CACHED_AGENTS_SHARE = 0.6;
const WORKFLOW_TASKS_SHARE = 0.3;

/** What the SDK has by default; more workflow tasks at a time do not make two cores faster. */
const MAX_WORKFLOW_TASKS = 40;
/** The SDK needs two; the cache must have room for every task that is being worked on. */
const MIN_WORKFLOW_TASKS = 2;
const MIN_CACHED_AGENTS = 10;
/** Beyond this an agent that nobody has asked anything for long is better replayed. */
const MAX_CACHED_AGENTS = 2_000;

export interface MemoryWishes {
  readonly modelSlots: number;
  readonly toolSlots: number;
  /** Instead of as many as fit. */
  readonly cachedAgents?: number | undefined;
}

/** How much of everything a worker may have at a time, so that all of it together fits into its heap. */
export interface MemoryPlan {
  readonly modelSlots: number;
  readonly toolSlots: number;
  /** How many of them may be taken up with telling people. */
  readonly noticesAtOnce: number;
  readonly cachedAgents: number;
  readonly workflowTasks: number;
  /** What the cache of contexts may hold. */
  readonly contextBytes: number;
  /** The longest history that is read whole, to be archived. */
  readonly archivedHistoryBytes: number;
}

/**
 * Shares out the heap. What does not fit waits at the Temporal server, in the history or in the queue, where nothing is
 * lost and no timeout runs; a heap that overflows would take all agents of the worker with it.
 */
export function memoryPlan(heapBytes: number, wishes: MemoryWishes): MemoryPlan {
  const free = Math.max(0, heapBytes - BASE_BYTES);
  const fit = (share: number, bytesEach: number): number => Math.floor((free * share) / bytesEach);
  const workflowTasks = clamp(
    fit(WORKFLOW_TASKS_SHARE, WORKFLOW_TASK_BYTES),
    MIN_WORKFLOW_TASKS,
    MAX_WORKFLOW_TASKS,
  );
  const cached = clamp(
    fit(CACHED_AGENTS_SHARE, CACHED_AGENT_BYTES),
    Math.max(MIN_CACHED_AGENTS, workflowTasks),
    MAX_CACHED_AGENTS,
  );
  const toolSlots = clamp(fit(TOOL_STEPS_SHARE, TOOL_STEP_BYTES), 1, wishes.toolSlots);
  return {
    modelSlots: clamp(fit(MODEL_CALLS_SHARE, MODEL_CALL_BYTES), 1, wishes.modelSlots),
    toolSlots,
    noticesAtOnce: Math.max(1, Math.floor(toolSlots * NOTICES_SHARE)),
    cachedAgents: wishes.cachedAgents ?? cached,
    workflowTasks: Math.min(workflowTasks, wishes.cachedAgents ?? cached),
    contextBytes: Math.floor(free * CONTEXTS_SHARE),
    archivedHistoryBytes: Math.max(MIN_ARCHIVED_BYTES, fit(ARCHIVE_SHARE, ARCHIVED_FACTOR)),
  };
}

/**
 * What a thread may keep for long, in bytes: V8's limit without the part that is for what has just been made, and no more than
 * the machine or container can give to two threads.
 */
export function heapBytes(): number {
  const memory = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return Math.max(0, Math.min(getHeapStatistics().heap_size_limit - YOUNG_BYTES, memory * MEMORY_SHARE));
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
