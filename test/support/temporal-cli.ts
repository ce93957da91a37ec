import { execFile } from 'node:child_process';
import { StatusDocument } from '../../src/contracts/status.ts';
import { temporalCli } from '../../temporal/servers.ts';
import { taskQueue } from './stage.ts';
import type { TestServer } from './test-server.ts';

/** Longer than the CLI's own patience with a server. */
const timeoutMs = 60_000;
/** Lists of the status document: the CLI prints an empty one as null. */
const lists = ['interruptions', 'approvals', 'calls', 'notes', 'decisions', 'allowedDecisions', 'resumeBy'];

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Temporal's own command line against one server: what people have who have nothing of ours. */
export class TemporalCli {
  readonly #binary: string;
  readonly #place: readonly string[];

  static async at({ address, namespace }: Pick<TestServer, 'address' | 'namespace'>): Promise<TemporalCli> {
    return new TemporalCli(await temporalCli(), ['--address', address, '--namespace', namespace]);
  }

  private constructor(binary: string, place: readonly string[]) {
    this.#binary = binary;
    this.#place = place;
  }

  run(...args: string[]): Promise<CliAnswer> {
    return new Promise((resolve) => {
      const all = [...args, ...this.#place];
      execFile(this.#binary, all, { timeout: timeoutMs, encoding: 'utf8' }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  start(id: string, inputs: readonly unknown[], ...more: string[]): Promise<CliAnswer> {
    const given = inputs.flatMap((input) => ['--input', JSON.stringify(input)]);
    const names = ['--type', 'persistentAgent', '--task-queue', taskQueue, '--workflow-id', id];
    return this.run('workflow', 'start', ...names, ...given, ...more);
  }

  async status(id: string): Promise<StatusDocument> {
    const asked = ['workflow', 'query', '--workflow-id', id, '--name', 'status', '--output', 'json'];
    const { stdout, stderr, code } = await this.run(...asked);
    if (code !== 0) throw new Error(stderr);
    const listed = (key: string, value: unknown): unknown =>
      value === null && lists.includes(key) ? [] : value;
    const { queryResult } = JSON.parse(stdout, listed) as { queryResult: unknown[] };
    return StatusDocument.parse(queryResult[0]);
  }

  update(id: string, name: string, payload: unknown): Promise<CliAnswer> {
    const named = ['--workflow-id', id, '--name', name, '--input', JSON.stringify(payload)];
    return this.run('workflow', 'update', 'execute', ...named, '--output', 'json');
  }

  signal(id: string, name: string, payload: unknown, ...more: string[]): Promise<CliAnswer> {
    const named = ['--workflow-id', id, '--name', name, '--input', JSON.stringify(payload)];
    return this.run('workflow', 'signal', ...named, ...more);
  }

  async list(query: string): Promise<string> {
    return (await this.run('workflow', 'list', '--query', query, '--output', 'json')).stdout;
  }
}
