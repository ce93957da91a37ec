import { join } from 'node:path';
import { createLogger } from '../../runtime/logger.ts';
import { archiveIn } from '../archive-file.ts';
import { traceHeaders } from '../../telemetry/client-interceptor.ts';
import { tracerOf } from '../../telemetry/start.ts';
import { connect, connectionSettings } from '../connection.ts';
import { Gateway } from '../gateway.ts';
import { GatewayError, sentence } from '../gateway-error.ts';
import { onceTold, ToldToStop, unlessTold } from '../../runtime/told-to-stop.ts';
import { tokensIn } from '../token-file.ts';
import { sealing } from './sealing.ts';
import { createApp } from './app.ts';
import { readAdminEnvironment } from './environment.ts';
import { Hooks } from './hooks.ts';
import { listen } from './listen.ts';
import { Metrics } from './metrics.ts';

/** The admin process: serves until it is told to stop, and says in one line why if it can't. */
export async function runAdmin(stop: AbortSignal): Promise<void> {
  try {
    await run(stop);
  } catch (error) {
    // Whoever does not answer may still be asked, and would keep the process for as long.
    if (error instanceof ToldToStop) process.exit(0);
    if (!(error instanceof GatewayError)) throw error;
    process.stderr.write(`admin: ${sentence(error.message)} ${error.help}\n`);
    process.exitCode = 1;
  }
}

async function run(stop: AbortSignal): Promise<void> {
  const environment = readAdminEnvironment(process.env);
  const tracer = await tracerOf(process.env, 'perdure-admin').catch(refuse);
  const logger = createLogger({
    level: environment.LOG_LEVEL,
    format: environment.LOG_FORMAT,
    fields: tracer?.logFields,
  });
  const settings = connectionSettings(process.env);
  onceTold(stop, ({ signal }) => {
    logger.info(`${signal}: finishing requests`);
  });
  const { client, connection } = await unlessTold(
    stop,
    connect(settings, tracer ? [traceHeaders(tracer)] : []),
  );
  try {
    const archive = archiveIn(environment.PERDURE_DATA_DIR);
    const gateway = new Gateway(client, {
      ...{ taskQueue: environment.PERDURE_TASK_QUEUE, archive },
      onArchiveProblem: (problem) =>
        logger.warn(`agents that only the archive knows are missing: ${problem}`),
    });
    await unlessTold(stop, gateway.check());
    const hooks = new Hooks(environment.PERDURE_AGENTS_DIR, process.env, logger);
    await unlessTold(stop, hooks.check());
    const tokens = tokensIn(environment.PERDURE_DATA_DIR);
    // Where the build puts them, beside this file's folder.
    const pagesDir = join(import.meta.dirname, '../../web');
    const seal = sealing(environment.PERDURE_DATA_DIR);
    const app = createApp({
      ...{ environment, gateway, hooks, tokens, pagesDir, seal, tracer, logger },
      metrics: new Metrics(() => gateway.counts()),
      stopping: stop,
    });
    const server = await listen(app, environment);
    logger.info(`admin ready at ${server.url}`, { temporal: `${settings.address}/${settings.namespace}` });
    if (tokens.list().length === 0)
      logger.warn(
        'nobody can use it yet: perdure token sign-in for a browser, perdure token create for a program',
      );
    // Also if it was told so just before it listened.
    onceTold(stop, server.stop);
    await server.stopped;
    logger.info('admin stopped');
    tokens.close();
    await archive.close();
  } finally {
    await connection.close();
    await tracer?.close();
  }
}

function refuse(error: unknown): never {
  throw new GatewayError('Invalid', error instanceof Error ? error.message : String(error));
}
