import type { Activities, LocalActivities } from '../contracts/activities.ts';
import { archiveRuns } from './archive-runs.ts';
import { callModel } from './call-model.ts';
import type { ContextCache } from './context-cache.ts';
import { type DefinitionSource, loadDefinition } from './load-definition.ts';
import type { AgentsPort, ArchivePort, ModelPort, NotifierPort, RecordsPort } from './ports.ts';
import { InlineWorker } from './inline-work.ts';
import { reconcileTool } from './reconcile-tool.ts';
import { assessCalls, checkCondition, runPureTools, runTool, type ToolHost } from './run-tool.ts';

/** What activities need of the outside world. */
export interface ActivityPorts {
  readonly definitions: DefinitionSource;
  readonly model: ModelPort;
  readonly agents: AgentsPort;
  readonly records: RecordsPort;
  readonly host: ToolHost;
  /** None where nobody is to be told. */
  readonly notifier: NotifierPort | undefined;
}

type ToolActivities = Pick<
  Activities,
  | 'loadDefinition'
  | 'loadFork'
  | 'readRecord'
  | 'recallCalls'
  | 'runTool'
  | 'reconcileTool'
  | 'checkCondition'
  | 'lookAtAgent'
  | 'deliverMessage'
  | 'sendNotice'
>;
type AgentActivities = Omit<Activities, 'archiveRuns'> & LocalActivities;

/**
 * Activities of the agents' own task queue: models, quick tools, and what runs inside a workflow task. Definitions have moved
 * to the other queue; those asked for before that are served until no such agent can be left, a minute after the deploy.
 * `rated`: the queue hands out models at a limited rate.
 */
export function createAgentActivities(
  ports: ActivityPorts,
  contexts: ContextCache,
  { rated }: { readonly rated: boolean },
): AgentActivities {
  const { model, host, agents } = ports;
  const inline = new InlineWorker(host);
  return {
    ...createToolActivities(ports),
    callModel: async (request) => {
      const answer = await callModel(request, { model, contexts, inline });
      return rated ? { ...answer, rated } : answer;
    },
    runPureTools: (invocations) => runPureTools(invocations, host),
    assessCalls: (invocations) => assessCalls(invocations, host),
    findAgent: (id) => agents.find(id),
  };
}

/** Activities of the tools' task queue: what has nothing to do with a model. */
export function createToolActivities(ports: ActivityPorts): ToolActivities {
  const { definitions, host, agents, records, notifier } = ports;
  return {
    loadDefinition: (name) => loadDefinition(name, definitions),
    loadFork: (fork) => records.point(fork),
    readRecord: (origin, turn) => records.turn(origin, turn),
    recallCalls: (origin, calls) => records.calls(origin, calls),
    runTool: (invocation) => runTool(invocation, host),
    reconcileTool: (invocation) => reconcileTool(invocation, host),
    checkCondition: (invocation, condition) => checkCondition(invocation, condition, host),
    lookAtAgent: (sight) => agents.look(sight),
    deliverMessage: (delivery) => agents.deliver(delivery),
    sendNotice: async (notice) => notifier?.notify(notice),
  };
}

/** What workers do that have an archive. */
export function createArchiveActivities(archive: ArchivePort): Pick<Activities, 'archiveRuns'> {
  return { archiveRuns: () => archiveRuns(archive) };
}
