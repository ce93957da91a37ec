import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { readEnvironment } from '../../src/worker/environment.ts';
import { retentionDays } from '../../temporal/settings.ts';
import { serverVersion } from '../cluster/programs.ts';

const folder = join(import.meta.dirname, '../../temporal/cluster');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** The parts of the compose file that must fit other files. */
const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().optional(),
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      stop_grace_period: z.string().optional(),
      build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
    }),
  ),
});

describe('the files of the production server', () => {
  const { services } = Compose.parse(parse(text('compose.yaml')));

  it('have one version of the server and its tools, which is the one that is tested', () => {
    for (const name of ['server', 'admin-tools'])
      assert.match(
        text('compose.yaml'),
        new RegExp(`temporalio/${name}:${serverVersion.replaceAll('.', '\\.')}\n`),
      );
    const others = Object.values(services).flatMap(({ image }) => image ?? []);
    for (const image of others) assert.match(image, /:\d+(\.\d+)*$/, 'a version is named');
  });

  it('are all there that the compose file mounts or builds from', () => {
    for (const { volumes, build } of Object.values(services)) {
      for (const volume of volumes.filter((one) => one.startsWith('.')))
        assert.ok(existsSync(join(folder, volume.split(':')[0] ?? '')), volume);
      if (build) assert.ok(existsSync(join(folder, build.context, build.dockerfile)));
    }
  });

  it('know every variable that the server gets', () => {
    const known = [...text('server.yaml').matchAll(/env "(\w+)"/g)].map(([, name]) => name);
    const ofTheServer = ['TEMPORAL_SERVER_CONFIG_FILE_PATH', 'TEMPORAL_ALLOW_NO_AUTH'];
    for (const name of Object.keys(services['temporal']?.environment ?? {}))
      assert.ok([...known, ...ofTheServer].includes(name), name);
  });

  it('give the worker settings that it takes, and time to end its steps', () => {
    const { environment = {}, stop_grace_period: patience = '' } = services['worker'] ?? {};
    const given = readEnvironment({ ...environment, OPENAI_API_KEY: '', OPENAI_BASE_URL: '' });
    assert.ok(Number.parseInt(patience) > given.PERDURE_SHUTDOWN_GRACE_SECONDS);
  });

  it('let in nobody from another machine, since the server asks nobody who they are', () => {
    for (const { ports } of Object.values(services))
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
  });

  it('keep ended agents as long as the dev server does', () => {
    assert.match(text('namespace.sh'), new RegExp(`^retention=${retentionDays}d$`, 'm'));
  });
});
