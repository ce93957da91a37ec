import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../temporal/command.ts';
import { composeCheck } from './programs.ts';

const shipped = join(import.meta.dirname, '../../temporal/cluster/compose.yaml');
const timeoutMs = 30_000;

describe('the compose file', () => {
  it('is one by the specification’s own reference program, which finds a wrong word', async () => {
    const program = await composeCheck();
    // Without the environment, which would only be put in.
    const check = (file: string) => runCommand(program, ['--no-interpolation', file], timeoutMs);
    const answer = await check(shipped);
    assert.ok(answer.ok, answer.lastLines);
    const folder = await mkdtemp(join(tmpdir(), 'perdure-compose-'));
    const wrong = join(folder, 'compose.yaml');
    await writeFile(wrong, (await readFile(shipped, 'utf8')).replace('healthcheck:', 'healthchek:'));
    const refused = await check(wrong);
    await rm(folder, { recursive: true });
    assert.match(refused.lastLines, /healthchek/);
  });
});
