import { fail, type Finding, ok, warn } from './finding.ts';

/** Listing models is quick everywhere; a server that takes longer is as good as away. */
const TIMEOUT_MS = 5_000;
const openaiBaseUrl = 'https://api.openai.com/v1';
const name = 'model';

/** Whether the model server answers and accepts the key, as this environment names them; the worker's may differ. */
export async function checkModel(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Finding> {
  const key = environment['OPENAI_API_KEY'] || undefined;
  const configured = environment['OPENAI_BASE_URL'] || undefined;
  if (key === undefined && configured === undefined)
    return warn(
      name,
      'no model is configured in this environment; that of the worker is what counts',
      'export OPENAI_API_KEY=<key>  # where the worker runs; OPENAI_BASE_URL for another server; make dev brings a simulator',
    );
  const base = (configured ?? openaiBaseUrl).replace(/\/+$/, '');
  try {
    const response = await fetch(`${base}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return answered(base, response.status);
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return fail(
      name,
      `${base} can't be reached: ${reason}`,
      configured === undefined
        ? 'export OPENAI_BASE_URL=<url>  # if the model is somewhere else; or give this machine a way out'
        : 'export OPENAI_BASE_URL=<url>  # of a server that runs, where the worker runs; or start this one',
    );
  }
}

function answered(base: string, status: number): Finding {
  if (status === 401 || status === 403)
    return fail(
      name,
      `${base} refuses the key (HTTP ${status})`,
      'export OPENAI_API_KEY=<key>  # where the worker runs, then start the worker again',
    );
  if (status === 429)
    return warn(
      name,
      `${base} is reachable but limits us now (HTTP 429)`,
      'perdure doctor  # again in a moment; else look at the quota of the key',
    );
  if (status >= 500)
    return warn(
      name,
      `${base} is reachable but fails (HTTP ${status})`,
      'perdure doctor  # again in a moment',
    );
  // Some compatible servers have no list of models; that they answer is what is asked here.
  if (status >= 400)
    return warn(
      name,
      `${base} answers, but has no list of models (HTTP ${status})`,
      'export OPENAI_BASE_URL=<url>/v1  # most servers want the /v1 at the end',
    );
  return ok(name, `${base} answers`);
}
