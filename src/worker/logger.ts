import {
  type Logger as TemporalLogger,
  type LogLevel,
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
  // Signals are handled by the entry point, which shuts down both workers of the process together.
  Runtime.install({
    logger: temporalLogger(logger),
    shutdownSignals: [],
    telemetryOptions: {
      // What the native part says would otherwise go to standard output, in a form of its own.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: sdkMetrics(metricsAddress) }),
    },
  });
}

/** The process's log, as the SDK takes it. */
export function temporalLogger(logger: winston.Logger): TemporalLogger {
  const say = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const said = level === 'TRACE' ? 'debug' : level.toLowerCase();
    const shown = isSelfTalk(said, message, meta) ? 'debug' : said;
    if (logger.isLevelEnabled(shown)) logger.log(shown, message, { ...meta });
  };
  const at =
    (level: LogLevel) =>
    (message: string, meta?: LogMetadata): void => {
      say(level, message, meta);
    };
  return {
    ...{ log: say, trace: at('TRACE'), debug: at('DEBUG') },
    ...{ info: at('INFO'), warn: at('WARN'), error: at('ERROR') },
  };
}

/** By the conventions of Prometheus: base units, and names that say what they are in. */
function sdkMetrics(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
  };
}
