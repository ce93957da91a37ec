/**
 * What a Temporal server needs for Perdure beside the search attributes of `src/contracts`. The dev server is started
 * with it; `dynamic-config.yaml` and `README.md` repeat it for a real cluster, and a test compares them.
 */

/**
 * The transfer queue's default poll rate makes every step of a workflow wait for its turn, and a turn of an agent is several
 * steps. What a turn takes with these settings: `node bench/run.ts --only turns`.
 *
 * By default a task queue is split into four partitions, each with a quarter of the queue's rate. A limit on model
 * calls has to leave room for a call of each, and tasks wait in one partition while another has calls to spare. One
 * partition hands out far more tasks than agents make.
 *
 * A workflow task with nothing but refused updates is forgotten by default, and the numbers of its events are given again. A worker that was just
 * reading the history for a query may have taken them in; it then passes over what comes under these numbers, and if that was the end of a step, the
 * agent stands still. Such tasks are written down, whatever came before them: three events for a refused update.
 */
export const dynamicConfig = {
  'history.transferProcessorMaxPollRPS': 1000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'history.discardSpeculativeWorkflowTaskMaximumEventsCount': -1,
} as const;

/**
 * A write-ahead log lets readers go on while the server writes. NORMAL leaves out one disk flush per transaction: the
 * file survives the kill of any process, only a power cut may lose the last moments. Both make turns shorter, and more of them
 * fit into a second.
 */
export const sqlitePragmas = { journal_mode: 'WAL', synchronous: 'NORMAL' } as const;

/** Closed agents are asked about for months; the dev server would drop them after 24 hours. */
export const retentionDays = 90;

/** The namespace that every Temporal server starts with and that the dev server is set up for. */
export const devNamespace = 'default';
