import {
  type Logger as TemporalLogger,
  type LogMetadata,
  type MetricsExporterConfig,
  Runtime,
} from '@temporalio/worker';
import type winston from 'winston';

/** What the SDK's worker says of its own start and stop; that the model queue has no workflows is as it should be. */
function isSelfTalk(level: string, message: string, meta: LogMetadata | undefined): boolean {
  if (meta?.['sdkComponent'] !== 'worker') return false;
  return level === 'info' || message.startsWith('No workflows registered');
}

/** Sends the SDK's own log, workflows' and activities' included, through the same logger, and serves its metrics where it is told to. Once a process. */
export function installRuntime(logger: winston.Logger, metricsAddress?: string): void {
  const forward =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (message: string, meta?: LogMetadata): void => {
      const shown = isSelfTalk(level, message, meta) ? 'debug' : level;
      if (logger.isLevelEnabled(shown)) logger.log(shown, message, { ...meta });
    };
  const temporalLogger: TemporalLogger = {
    log: (level, message, meta) => {
      const shown = level === 'TRACE' ? 'debug' : level.toLowerCase();
      if (logger.isLevelEnabled(shown)) logger.log(shown, message, { ...meta });
    },
    trace: forward('debug'),
    debug: forward('debug'),
    info: forward('info'),
    warn: forward('warn'),
    error: forward('error'),
  };
  // Signals are handled by the entry point, which shuts down both workers of the process together.
  Runtime.install({
    logger: temporalLogger,
    shutdownSignals: [],
    ...(metricsAddress === undefined ? {} : { telemetryOptions: { metrics: sdkMetrics(metricsAddress) } }),
  });
}

/** By the conventions of Prometheus: base units, and names that say what they are in. */
function sdkMetrics(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
  };
}
