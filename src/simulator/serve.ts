import { z } from 'zod';
import { createModelServer, type ModelServer } from './model-server.ts';
import { ruleReply } from './rule-model.ts';
import { readScript } from './script-file.ts';
import { createScriptedModel } from './scripted.ts';

/** A minute a chunk is slower than anything that is still a demonstration. */
const MAX_DELAY_MS = 60_000;

const Environment = z.object({
  PERDURE_SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(4500),
  PERDURE_SIMULATOR_DELAY_MS: z.coerce.number().min(0).max(MAX_DELAY_MS).default(15),
  PERDURE_SIMULATOR_SCRIPT: z.string().optional(),
});

/** Runs the simulator as a process: until SIGTERM or SIGINT, or with one line and exit code 1 if it can't start. */
export async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  let server: ModelServer;
  try {
    server = await start(environment);
  } catch (error) {
    process.stderr.write(`simulator: ${explain(error)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`simulator listening on ${server.url}\n`);
  const stop = (): void => {
    void server.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function start(environment: NodeJS.ProcessEnv): Promise<ModelServer> {
  // An empty variable is one that is not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const settings = Environment.parse(given);
  const options = {
    port: settings.PERDURE_SIMULATOR_PORT,
    chunkDelayMs: settings.PERDURE_SIMULATOR_DELAY_MS,
  };
  if (settings.PERDURE_SIMULATOR_SCRIPT === undefined) {
    return createModelServer(({ body }) => ruleReply(body), options);
  }
  return createScriptedModel(await readScript(settings.PERDURE_SIMULATOR_SCRIPT), options);
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  }
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : '';
    return `port ${port} is taken; set PERDURE_SIMULATOR_PORT to another one, or to 0 for any free one`;
  }
  return error.message;
}
