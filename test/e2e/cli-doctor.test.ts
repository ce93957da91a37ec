import assert from 'node:assert/strict';
import { createServer as createHttp2, type Http2Server } from 'node:http2';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PerdureCli } from '../support/cli.ts';
import { finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { put, Stage, until } from '../support/stage.ts';

interface Finding {
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly fix?: string;
}

/** Answers every call as a server does that does not know the key. */
async function grpcServerThatRefuses(): Promise<Http2Server> {
  const server = createHttp2();
  server.on('stream', (stream) => {
    const refusal = { 'grpc-status': '16', 'grpc-message': 'invalid API key' };
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function modelServer(status: number): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(status).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server | Http2Server): string {
  // A server that listens on TCP has an address object; only pipes have a string.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('doctor', () => {
  let models: ModelSwitch;
  let wellModel: Server;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    models = await switchOfModels({ brief: { script: [finish()] } });
    wellModel = await modelServer(200);
    const clerk = 'model: unused\ntools: { finish: auto }\n---\nDo as you are told.';
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk } });
    cli = await PerdureCli.create({
      ...stage.environment,
      OPENAI_BASE_URL: `http://${addressOf(wellModel)}/v1`,
      OPENAI_API_KEY: 'none',
    });
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    wellModel.close();
    await models.close();
  });

  async function examine(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; findings: Finding[]; ill: string[]; fixOf: (name: string) => string }> {
    const { code, stdout, stderr } = await cli.run([...args, 'doctor', '--json'], { env });
    assert.equal(stderr, '');
    const findings = JSON.parse(stdout) as Finding[];
    for (const { level, fix } of findings) assert.equal(level === 'ok', fix === undefined);
    const ill = findings.flatMap(({ name, level }) => (level === 'ok' ? [] : [`${level} ${name}`]));
    return { code, findings, ill, fixOf: (name) => findings.find((one) => one.name === name)?.fix ?? '' };
  }

  it('finds nothing wrong where nothing is', async () => {
    const { code, findings, ill } = await examine();
    assert.deepEqual([code, ill], [0, []]);
    assert.deepEqual(
      findings.map(({ name }) => name),
      [
        ...['runtime', 'transport', 'server', 'namespace'],
        ...['search attributes', 'worker', 'archive', 'payloads', 'model'],
      ],
    );
    const { stdout } = await cli.run(['doctor']);
    assert.equal(stdout.match(/^ok {4}\w/gm)?.length, findings.length);
  });

  it('names the line for a server that is not there', async () => {
    const { code, ill, fixOf } = await examine(['--address', '127.0.0.1:1']);
    assert.deepEqual([code, ill], [5, ['fail server']]);
    assert.match(fixOf('server'), /^make dev {2}#/);
    const { stdout } = await cli.run(['--address', '127.0.0.1:1', 'doctor']);
    assert.match(stdout, /^fail {2}server .*can't be reached.*\n {26}fix: make dev/m);
  });

  it('names the line for a namespace that is not there, and that line helps', async () => {
    const { code, ill, fixOf } = await examine(['-n', 'elsewhere']);
    assert.deepEqual([code, ill], [1, ['fail namespace']]);
    const line = /temporal operator namespace create [^#]*/.exec(fixOf('namespace'))?.[0] ?? '';
    assert.match(line, /--retention 90d/);
    const created = await cli.line(line);
    assert.equal(created.code, 0, created.stderr);
    await until(
      'the namespace is known',
      async () => !(await examine(['-n', 'elsewhere'])).ill.includes('fail namespace'),
    );
  });

  it('names the line for search attributes that are missing, and that line helps', async () => {
    let now = await examine(['-n', 'elsewhere']);
    // The parts of a server hear of a namespace one after another: the one that knows its attributes may still deny it.
    await until('the namespace is known', async () => {
      now = await examine(['-n', 'elsewhere']);
      return now.fixOf('search attributes').startsWith('temporal ');
    });
    assert.deepEqual([now.code, now.ill.includes('fail search attributes')], [1, true]);
    const created = await cli.line(now.fixOf('search attributes'));
    assert.equal(created.code, 0, created.stderr);
    await until('they are known', async () => {
      return !(await examine(['-n', 'elsewhere'])).ill.includes('fail search attributes');
    });
  });

  it('names the line for a worker that is missing', async () => {
    const { code, ill, fixOf } = await examine(['--task-queue', 'lonely']);
    // Without a worker nobody has made the schedule of the archive either.
    assert.deepEqual([code, ill], [1, ['fail worker', 'warn archive']]);
    // What is the default anyway is left out of the line.
    const namespace = stage.namespace === 'default' ? '' : `TEMPORAL_NAMESPACE=${stage.namespace} `;
    const expected = `TEMPORAL_ADDRESS=${stage.address} ${namespace}PERDURE_TASK_QUEUE=lonely node dist/worker/main.js`;
    assert.ok(fixOf('worker').startsWith(expected), fixOf('worker'));
    const started = await cli.run(['start', 'clerk', 'Go.', '--id', 'lonely', '--task-queue', 'lonely']);
    assert.match(started.stderr, /No worker polls the task queue lonely yet/);
    const asked = await cli.run(['say', 'lonely', 'Hello?']);
    assert.deepEqual([asked.code, asked.stdout], [5, '']);
    assert.match(asked.stderr, /No worker polls the task queue lonely/);
  });

  it('names the line for a model server that is away, ill, or does not know the key', async () => {
    const away = await examine([], { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' });
    assert.deepEqual([away.code, away.ill], [1, ['fail model']]);
    assert.match(away.fixOf('model'), /^export OPENAI_BASE_URL=/);
    const cases: [number, number, string, RegExp][] = [
      [401, 1, 'fail model', /^export OPENAI_API_KEY=/],
      [429, 0, 'warn model', /^perdure doctor /],
      [500, 0, 'warn model', /^perdure doctor /],
      [404, 0, 'warn model', /^export OPENAI_BASE_URL=<url>\/v1/],
    ];
    for (const [status, code, ill, fix] of cases) {
      const server = await modelServer(status);
      const found = await examine([], { OPENAI_BASE_URL: `http://${addressOf(server)}/v1` });
      server.close();
      assert.deepEqual([found.code, found.ill], [code, [ill]], String(status));
      assert.match(found.fixOf('model'), fix);
    }
    const none = await examine([], { OPENAI_BASE_URL: '', OPENAI_API_KEY: '' });
    assert.deepEqual([none.code, none.ill], [0, ['warn model']]);
  });

  it('knows a server that does not let it in, for which every command exits 6', async () => {
    const server = await grpcServerThatRefuses();
    const address = addressOf(server);
    const { code, ill, fixOf } = await examine(['--address', address]);
    const shown = await cli.run(['--address', address, 'show', 'a1', '--json']);
    server.close();
    assert.deepEqual([code, ill], [6, ['fail server']]);
    assert.match(fixOf('server'), /TEMPORAL_API_KEY/);
    assert.deepEqual([shown.code, shown.stdout], [6, '']);
    assert.match(shown.stderr, /"code":"Forbidden"/);
  });

  it('exits 5 with every command when there is no server', async () => {
    for (const words of [
      ['list'],
      ['approvals'],
      ['show', 'a1'],
      ['start', 'clerk'],
      ['say', 'a1', 'Hello'],
    ]) {
      const { code, stdout, stderr } = await cli.run(['--address', '127.0.0.1:1', ...words]);
      assert.deepEqual([code, stdout], [5, ''], words.join(' '));
      assert.match(stderr, /can't be reached at 127\.0\.0\.1:1/);
    }
  });

  it('has a neighbour that checks definitions', async () => {
    const env = { PERDURE_AGENTS_DIR: stage.agentsDir };
    assert.match((await cli.run(['definitions'], { env })).stdout, /^clerk +unused +task +1/m);
    assert.equal((await cli.run(['definitions', 'check'], { env })).code, 0);
    await put(
      stage.agentsDir,
      'broken.md',
      '---\nname: broken\nmodel: m\ntools: { finish: perhaps }\n---\nDo it.\n',
    );
    const { code, stdout } = await cli.run(['definitions', 'check'], { env });
    assert.equal(code, 2);
    assert.match(stdout, /broken\.md:4: tools\.finish: /);
    assert.match((await cli.run(['definitions'], { env })).stdout, /broken\.md .*perdure definitions check/);
    const missing = await cli.run(['definitions', 'check'], {
      env: { PERDURE_AGENTS_DIR: join(stage.folder, 'no') },
    });
    assert.deepEqual([missing.code, missing.stdout], [3, '']);
  });
});
