/** Bounds of core, each with its reason. */
const DAY_MS = 86_400_000;

/** The server takes no longer id of a workflow, and asked to start one it fails the workflow task, for ever. */
export const MAX_ID_BYTES = 1_000;
/** A model that asks for more calls at once is confused; the rest is refused with a reason that it can read. */
export const MAX_CALLS_PER_TURN = 32;
/** A tool that may take longer is a step of its own; the next workflow task waits for a batch. */
export const MAX_BATCHED_MS = 500;
/** Messages, and events, that wait to be read: as many as the server takes as signals in one run. */
export const MAX_QUEUED = 10_000;
/** What waits to be read is carried in one payload beside everything else, so it is bounded by what it takes as JSON. */
export const MAX_INBOX_BYTES = 300_000;
export const MAX_EVENTS_BYTES = 150_000;
/** What one turn reads of it: a share of the context, so that thousands of messages do not crowd out everything else. */
export const READ_SHARE = 0.3;
export const MIN_READ_BYTES = 20_000;
export const MAX_READ_BYTES = 100_000;
/** Ids kept to recognise a repeated message: more than a run may receive, or 5,000 messages with a key of HTTP, which takes two. */
export const MAX_SEEN_IDS = 10_000;
/** The head of the transition log that is carried; older transitions are in the histories of earlier runs. */
export const MAX_TRANSITIONS = 500;
/** Decided approvals kept so that an identical repeat gets the same answer. */
export const MAX_DECIDED_APPROVALS = 100;
/** Notes are the agent's own memory; the oldest go when it writes more than a model would read. */
export const MAX_NOTES = 200;
export const MAX_NOTE_CHARS = 4_000;
export const MAX_NOTES_BYTES = 60_000;
/** Lines that stand for compacted turns, and the length of one. */
export const MAX_DIGEST_LINES = 300;
export const MAX_DIGEST_LINE_CHARS = 240;
/** Replies without text and calls in a row before it counts as an outage: some servers answer so under load. */
export const MAX_EMPTY_REPLIES = 3;
/** A tool result beyond this would crowd everything else out of the context; the model can ask for a part. */
export const MAX_RESULT_CHARS = 60_000;
/** What the results of one turn may take together: they are carried if the run ends while a call waits for people. */
export const MAX_TURN_RESULT_CHARS = 400_000;
/** The context never grows past this, whatever the model could read: it is carried in one payload of at most 2 MB. */
export const MAX_CONTEXT_CHARS = 300_000;
/** A page of any query, in characters: far below the 4 MB of a gRPC message and the 2 MB of a payload. */
export const MAX_PAGE_CHARS = 400_000;
/** Characters a token stands for, on the safe side for code and numbers. */
export const CHARS_PER_TOKEN = 3;
/** The most that one reply may use; a reply with a whole report fits. */
export const MAX_OUTPUT_TOKENS = 16_000;
/** With less than this left a reply would be cut off, so people are asked for more first. */
export const MIN_OUTPUT_TOKENS = 200;

/** Used where a definition names no budget: a loop must end, however well it is meant. */
export const DEFAULT_TURNS = 500;
export const DEFAULT_LIFE_MS = 90 * DAY_MS;
/** How long a question waits where its rule says nothing; nobody decides after a week without a reminder. */
export const APPROVAL_DEADLINE_MS = 7 * DAY_MS;
/** People are told of one thing again at most this often: each time is a timer in the history, and a message to them. */
export const MIN_REMINDER_MS = 60_000;
/** For so many turns a rejected call is not asked about again; by then the agent may have done what was missing. */
export const REJECTED_TURNS = 10;
/** A claimed approval is free again after this: who claimed it may have gone home. */
export const CLAIM_MS = 3_600_000;
/** Leave given ahead is carried with the state, and people must be able to look through it. */
export const MAX_STANDING_GRANTS = 50;
/** What they take as JSON; two kilobytes for each is more than anybody reads. */
export const MAX_GRANTS_BYTES = 100_000;
/** What one of several people says with a yes is carried with the open question; the whole of it is in the history. */
export const MAX_AGREED_CHARS = 2_000;
/** All of that, for all questions that are open. */
export const MAX_AGREED_BYTES = 60_000;
/** An admin server seals a start when it sends it, and retries for less than this; clocks differ by less. */
export const MAX_START_SEAL_MS = 600_000;
/** An admin server seals a message by its own clock, and people may answer at once. Clocks that are kept differ by less. */
export const MAX_CLOCK_LAG_MS = 5_000;
/** Seals remembered, so that none counts twice; messages that were sealed before so many others have long come. */
export const MAX_SPENT_SEALS = 1_000;
/** Longer than this nobody remembers what they gave leave for. */
export const MAX_STANDING_MS = 90 * DAY_MS;
/** How long an exhausted budget waits for people before the agent fails. */
export const BUDGET_GRACE_MS = 7 * DAY_MS;
/** How long `wait_for_event` waits where the model names no timeout. */
export const EVENT_TIMEOUT_MS = 30 * DAY_MS;

/** First and longest pause after a rate limit that names no time. */
export const RATE_LIMIT_FIRST_MS = 15_000;
export const RATE_LIMIT_MAX_MS = 3_600_000;
/** Limits are mostly counted by the minute. One that lasts longer is worth asking another model of the definition. */
export const RATE_LIMIT_WAIT_MS = 60_000;
/** The least pause after a rate limit, doubled each time: a server that always says "at once" is not asked in a loop. */
export const RATE_LIMIT_LEAST_MS = 1_000;
export const RATE_LIMIT_LEAST_MAX_MS = 60_000;
/** First and longest pause after all models failed. */
export const OUTAGE_FIRST_MS = 30_000;
export const OUTAGE_MAX_MS = 900_000;
/** A tool that says "at once" again and again would use up its pauses in a second. */
export const MIN_TOOL_PAUSE_MS = 1_000;
/** Pauses for one call: those after an outage make up about four hours; then somebody should know. */
export const MAX_TOOL_WAITS = 20;
/** A call that is lost each time it runs is no bad luck: a person looks. */
export const MAX_RECONCILED_ROUNDS = 3;
/** Why a question is asked, in one or two lines. */
export const MAX_RULE_CHARS = 500;
/** How often a tool may run for a condition at the most, and how often it may fail in a row. */
export const MIN_WATCH_MS = 1_000;
export const MAX_WATCH_FAILURES = 10;
/** Checks of one run: each leaves half a dozen events, and nobody reads them. */
export const MAX_CHECKS_PER_RUN = 300;
/** First and longest pause before a definition with mistakes is read again, and how long people have to mend it. */
export const DEFINITION_FIRST_MS = 15_000;
export const DEFINITION_MAX_MS = 900_000;
export const DEFINITION_GRACE_MS = 7 * DAY_MS;
/** The longest pause that a server may ask for: no quota is counted over more than a day, and asking again does no harm. */
export const RETRY_AFTER_MAX_MS = DAY_MS;
/** Agents that were refused together come back spread over this share of their pause, within these bounds. */
export const SPREAD_SHARE = 0.5;
export const SPREAD_LEAST_MS = 1_000;
export const SPREAD_MAX_MS = 300_000;
/** Why an agent waits is read by people; servers send whole pages with their errors. */
export const MAX_REASON_CHARS = 1_000;
/** How often an agent that was delegated to looks whether the one above it is still there; only one that was killed says nothing. */
export const ORPHAN_LOOK_MS = 3_600_000;
/** Turns of one run. Bounds what a worker without the agent in its cache must replay. */
export const MAX_TURNS_PER_RUN = 400;
/** Messages of one run. The server refuses signals beyond 10,000; of updates it suggests a new run itself. */
export const MAX_MESSAGES_PER_RUN = 8_000;
/** What a run hands to the next, as JSON. Temporal ends a workflow whose argument has more than 2 MB, both arguments together. */
export const MAX_CARRIED_BYTES = 1_800_000;
/** The first argument of an agent: it is carried three times, as argument, in the state and as the goal in the context. */
export const MAX_START_BYTES = 120_000;
/** The arguments of one turn's calls, after people have edited them: each waiting call is in the state with its approval. */
export const MAX_TURN_ARGUMENT_BYTES = 150_000;
