import { join } from 'node:path';
import { claimPort, disclaimPort } from './claim-port.ts';
import type { DemoPlace } from './demo-place.ts';
import { type DevServer, startDevServer } from './dev-server.ts';
import { freePort, uiPortBeside } from './free-port.ts';
import { answers, type ConfiguredServer, configuredServer } from './running-server.ts';

/**
 * A Temporal server for the agents of this place, with its database in the data folder; undefined when one that others run is to
 * be used, because it is configured or simply there.
 */
export async function startOwnServer(
  { dataDir }: Pick<DemoPlace, 'dataDir'>,
  env: NodeJS.ProcessEnv,
): Promise<DevServer | undefined> {
  const server = configuredServer(env);
  const port = await ownPort(server, () => answers(server));
  if (port === undefined) return undefined;
  return startDevServer({
    dbFilename: join(dataDir, 'temporal.db'),
    ...{ port, uiPort: await uiPortBeside(port), namespace: server.namespace },
    logFile: join(dataDir, 'logs', 'temporal.log'),
  });
}

/**
 * Where a demo starts a server of its own; undefined when it does not. Unless an address was chosen, it stays away from the server of
 * another demo, which would end with that one. Who was there first is known before their server answers.
 */
export async function ownPort(
  { port, isChosen, isUsual }: Pick<ConfiguredServer, 'port' | 'isChosen' | 'isUsual'>,
  isThere: () => Promise<boolean>,
): Promise<number | undefined> {
  const isOurs = !isUsual || claimPort(port);
  if (!isOurs && !isChosen) return freePort();
  if (!(await isThere())) return port;
  if (isOurs) disclaimPort(port);
  return undefined;
}
