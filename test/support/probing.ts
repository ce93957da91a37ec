import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JournalLine, journalIn } from './journal.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from './models.ts';
import { Stage, until } from './stage.ts';

export const effectClasses = ['pure', 'idempotent', 'reconcilable', 'once'] as const;

const prober = `model: unused
checkpoints: each
tools: { probe_pure: auto, probe_idempotent: auto, probe_reconcilable: auto, probe_once: auto, finish: auto }
---
Probe.`;

/** What a model was told of a call: the outcome as it reads it. */
export type Told = Record<string, unknown>;

/** A stage with the tools of `probe-tools`, and agents that each follow a script. */
export class Probing {
  readonly stage: Stage;
  readonly models: ModelSwitch;
  readonly #folder: string;
  readonly #told: Map<string, Told[]>;

  /** Each agent asks for its calls in one reply, and finishes when it has read the results. */
  static async create(
    agents: Readonly<Record<string, readonly [name: string, args: Record<string, unknown>][]>>,
    before: Readonly<Record<string, Promise<unknown>>> = {},
  ): Promise<Probing> {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-probe-'));
    const told = new Map<string, Told[]>();
    const scripts = Object.entries(agents).map(([name, wanted]): [string, { script: Step[] }] => {
      const ask: Step = async () => {
        await before[name];
        return calls(...wanted);
      };
      const end: Step = ({ body }) => {
        const results = body.messages.filter(({ role }) => role === 'tool');
        told.set(
          name,
          // As `outcomeText` writes it: one text, an object.
          results.map(({ content }) => JSON.parse(typeof content === 'string' ? content : '') as Told),
        );
        return finish();
      };
      return [name, { script: [ask, end] }];
    });
    const models = await switchOfModels(Object.fromEntries(scripts));
    const stage = await Stage.create({
      ...{ modelUrl: models.url, definitions: { prober }, env: { PROBE_FOLDER: folder } },
      toolsDir: join(import.meta.dirname, 'probe-tools'),
    });
    return new Probing(stage, models, folder, told);
  }

  private constructor(stage: Stage, models: ModelSwitch, folder: string, told: Map<string, Told[]>) {
    this.stage = stage;
    this.models = models;
    this.#folder = folder;
    this.#told = told;
  }

  async start(name: string): Promise<void> {
    await this.stage.gateway.start({ agent: 'prober', input: 'Go.', model: name }, { id: name });
  }

  /** What the model was told of its calls, in order, once it was. */
  told(name: string): Told[] | undefined {
    return this.#told.get(name);
  }

  /** Lets every probe that waits go on. */
  go(): void {
    writeFileSync(join(this.#folder, 'go'), '');
  }

  /** What the probes of an agent did, by the agent's first run, which every key begins with. */
  async journal(name: string): Promise<JournalLine[]> {
    const { runId } = await this.stage.client.workflow.getHandle(name).describe();
    return journalIn(this.#folder).filter(({ key }) => key.startsWith(`${runId}/`));
  }

  /** How often the tool of each class began and acted. */
  async counts(name: string): Promise<Record<string, string>> {
    const lines = await this.journal(name);
    const count = (tool: string, what: string): number =>
      lines.filter((line) => line.tool === tool && line.what === what).length;
    return Object.fromEntries(
      effectClasses.map((tool) => [tool, `${count(tool, 'begins')} begun, ${count(tool, 'acts')} done`]),
    );
  }

  async untilBegun(name: string, attempts: number): Promise<void> {
    await until(`${attempts} attempts of ${name} have begun`, async () => {
      const lines = await this.journal(name);
      return lines.filter(({ what }) => what === 'begins').length >= attempts;
    });
  }

  async dispose(): Promise<void> {
    await this.stage.dispose();
    await this.models.close();
    rmSync(this.#folder, { recursive: true });
  }
}
