import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { McpPort, ModelPort } from '../../activities/ports.ts';
import { traceHeaders } from '../../telemetry/client-interceptor.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import type { TelemetrySinks } from '../../workflows/telemetry.ts';
import type { WorkerEnvironment } from '../environment.ts';
import { telemetrySinks, tracedActivities } from './traced-activities.ts';
import { tracedModel } from './traced-model.ts';
import { tracedMcp, tracedTools } from './traced-tools.ts';

type Tools = ReadonlyMap<string, AnyTool>;

/** What a worker does to be looked at, in the places where it is put together. Without traces and numbers: nothing. */
export interface Observation {
  /** Whether workflows report what they go through. */
  readonly isWatched: boolean;
  readonly sinks: InjectedSinks<TelemetrySinks> | Record<string, never>;
  readonly activities: ActivityInterceptorsFactory[];
  readonly client: WorkflowClientInterceptor[];
  /** Where the SDK's own numbers are to be served. */
  readonly sdkMetrics: string | undefined;
  readonly model: (model: ModelPort, server: URL) => ModelPort;
  readonly tools: (tools: Tools) => Tools;
  readonly mcp: (mcp: McpPort) => McpPort;
  /** Serves the numbers, and says where; once the SDK's are there. */
  readonly serve: () => Promise<string | undefined>;
  readonly close: () => void;
}

const none = (): undefined => undefined;

/** Fails with `ConfigurationError`, now or when it serves, if the address can't be had. */
export async function observe(
  { PERDURE_METRICS_PORT: address }: Pick<WorkerEnvironment, 'PERDURE_METRICS_PORT'>,
  tracer: Tracer | undefined,
): Promise<Observation> {
  // prom-client is loaded only by whoever wants numbers.
  const counting = address === undefined ? undefined : await countingAt(address);
  const isWatched = tracer !== undefined || counting !== undefined;
  return {
    isWatched,
    sinks: isWatched ? telemetrySinks({ span: tracer?.record ?? none, count: counting?.count ?? none }) : {},
    activities: tracer ? [tracedActivities(tracer)] : [],
    client: tracer ? [traceHeaders(tracer)] : [],
    sdkMetrics: counting?.sdkAddress,
    model: (model, server) => {
      const traced = tracer ? tracedModel(model, tracer, server) : model;
      return counting ? counting.model(traced) : traced;
    },
    tools: (tools) => {
      const traced = tracer ? tracedTools(tools, tracer) : tools;
      return counting ? counting.tools(traced) : traced;
    },
    mcp: (mcp) => {
      const traced = tracer ? tracedMcp(mcp, tracer) : mcp;
      return counting ? counting.mcp(traced) : traced;
    },
    serve: async () => counting?.serve(),
    close: () => counting?.close(),
  };
}

async function countingAt(address: NonNullable<WorkerEnvironment['PERDURE_METRICS_PORT']>) {
  const { Numbers } = await import('./numbers.ts');
  const { countedMcp, countedModel, countedTools } = await import('./counted.ts');
  const { freeAddress, serveMetrics } = await import('./metrics-server.ts');
  const numbers = new Numbers();
  const sdkAddress = await freeAddress();
  let close = (): void => undefined;
  return {
    sdkAddress,
    count: numbers.agent.bind(numbers),
    model: (model: ModelPort) => countedModel(model, numbers),
    tools: (tools: Tools) => countedTools(tools, numbers),
    mcp: (mcp: McpPort) => countedMcp(mcp, numbers),
    serve: async () => {
      const server = await serveMetrics(address, numbers, sdkAddress);
      close = server.close;
      return server.url;
    },
    close: () => {
      close();
    },
  };
}
