import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Role } from '../../src/contracts/role.ts';
import { tokensIn } from '../../src/client/token-file.ts';
import { createModelServer, type ModelServer } from '../../src/simulator/model-server.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import type { Admin } from './admin.ts';
import { startApi } from './api.ts';
import type { Step } from './models.ts';
import { Stage } from './stage.ts';

const root = join(import.meta.dirname, '../..');
const HOUR_MS = 3_600_000;
export interface PagesStageOptions {
  /** Scripts by model; any other model is the simulator that plays by rules. */
  readonly scripts?: Readonly<Record<string, readonly Step[]>>;
  /** Definitions beside the shipped ones. */
  readonly definitions?: Readonly<Record<string, string>>;
}

/** The whole product as a person has it: server, worker, simulator, admin, and a browser to look at it with. */
export class PagesStage {
  readonly stage: Stage;
  readonly admin: Admin;
  readonly #browser: Browser;
  readonly #model: ModelServer;

  static async create(
    executablePath: string,
    { scripts = {}, definitions = {} }: PagesStageOptions = {},
  ): Promise<PagesStage> {
    const steps = new Map(Object.entries(scripts).map(([name, script]) => [name, [...script]]));
    const model = await createModelServer(async (request) => {
      const own = steps.get(request.body.model);
      if (own === undefined) return ruleReply(request.body);
      const step = own.shift();
      if (step === undefined)
        return { fault: 'status', status: 400, body: { error: { message: 'not in the script' } } };
      return typeof step === 'function' ? step(request) : step;
    });
    const stage = await Stage.create({ modelUrl: model.url, definitions });
    await cp(join(root, 'agents'), stage.agentsDir, { recursive: true });
    await cp(join(root, 'examples/invoice-desk'), stage.workspace, { recursive: true });
    const admin = await startApi(stage);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    return new PagesStage(stage, admin, browser, model);
  }

  private constructor(stage: Stage, admin: Admin, browser: Browser, model: ModelServer) {
    this.stage = stage;
    this.admin = admin;
    this.#browser = browser;
    this.#model = model;
  }

  /** The address that `perdure token sign-in` prints. */
  signInLink(name: string, role: Role): string {
    const store = tokensIn(this.stage.dataDir);
    try {
      const now = new Date();
      const later = new Date(now.getTime() + HOUR_MS);
      const made = store.create({
        ...{ kind: 'link', name, role, agents: [], now },
        ...{ expiresAt: later, sessionUntil: later },
      });
      if (made === undefined) throw new Error('there are too many tokens');
      return `${this.admin.url}/sign-in#${made.secret}`;
    } finally {
      store.close();
    }
  }

  /** A page of a browser of its own, where nobody is signed in. What goes wrong in it ends up in `complaints`. */
  async open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await this.#browser.newContext({
      viewport: { width: 1360, height: 850 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return { page, complaints };
  }

  /** The same, signed in by a link as people do. */
  async openAs(
    name: string,
    role: Role,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const opened = await this.open(options);
    await opened.page.goto(this.signInLink(name, role));
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
    await opened.page.getByRole('heading', { name: /^Inbox/ }).waitFor();
    // Before anybody is signed in, the server says so, which the browser takes for an error.
    opened.complaints.length = 0;
    return opened;
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
    await this.admin.child.stop();
    await this.stage.dispose();
    await this.#model.close();
  }
}
