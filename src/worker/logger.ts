import { type Logger as TemporalLogger, type LogMetadata, Runtime } from '@temporalio/worker';
import type winston from 'winston';

/** What the SDK's worker says of its own start and stop; that the model queue has no workflows is as it should be. */
function isSelfTalk(level: string, message: string, meta: LogMetadata | undefined): boolean {
  if (meta?.['sdkComponent'] !== 'worker') return false;
  return level === 'info' || message.startsWith('No workflows registered');
}

/** Sends the SDK's own log, workflows' and activities' included, through the same logger. Once a process. */
export function installRuntime(logger: winston.Logger): void {
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
  Runtime.install({ logger: temporalLogger, shutdownSignals: [] });
}
