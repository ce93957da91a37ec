import { traceSettings } from './settings.ts';
import type { Tracer } from './tracer.ts';

/** A tracer if this process is to have one. Nothing of OpenTelemetry is loaded otherwise. Throws as `traceSettings` does. */
export async function tracerOf(env: NodeJS.ProcessEnv, serviceName: string): Promise<Tracer | undefined> {
  const settings = traceSettings(env, serviceName);
  if (settings === undefined) return undefined;
  const { startTracing } = await import('./open-telemetry.ts');
  return startTracing(settings);
}
