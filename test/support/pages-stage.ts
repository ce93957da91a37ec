import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
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
/** The browser's own 30 s are not enough for a page on a core that many others use. */
const patienceMs = 60_000;
/** To start it takes the longest: it begins with a dozen processes. */
const launchMs = 120_000;
export const desk = { width: 1360, height: 850 };

export interface PagesStageOptions {
  /** Scripts by model; any other model is the simulator that plays by rules. */
  readonly scripts?: Readonly<Record<string, readonly Step[]>>;
  /** Definitions beside the shipped ones. */
  readonly definitions?: Readonly<Record<string, string>>;
}

/** A page, and what went wrong in it. */
interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

/** The whole product as a person has it: server, worker, simulator, admin, and a browser to look at it with. */
export class PagesStage {
  readonly stage: Stage;
  readonly admin: Admin;
  readonly #browser: Browser;
  readonly #model: ModelServer;
  /** By name and role. */
  readonly #signedIn = new Map<string, Opened>();

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
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu'],
      timeout: launchMs,
    });
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
  async open(): Promise<Opened> {
    const context = await this.#browser.newContext({ viewport: desk, reducedMotion: 'reduce' });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return { page, complaints };
  }

  /**
   * A page that has just loaded the inbox, in this person's own browser. They sign in by a link, as people do, the first
   * time; a browser for each test would cost more than all that is looked at in it.
   */
  async openAs(name: string, role: Role): Promise<Opened> {
    const person = `${name} as ${role}`;
    const earlier = this.#signedIn.get(person);
    const opened = earlier ?? (await this.open());
    const { page, complaints } = opened;
    if (earlier === undefined) {
      await page.goto(this.signInLink(name, role));
      await page.getByRole('button', { name: 'Sign in' }).click();
    } else {
      await page.unrouteAll();
      await page.goto(this.admin.url);
    }
    await page
      .getByRole('heading', { name: /^Inbox/ })
      .waitFor()
      .catch(async (error: unknown) => {
        throw new Error(`${person} sees no inbox: ${await whatIsThere(opened)}`, { cause: error });
      });
    this.#signedIn.set(person, opened);
    // Before anybody is signed in, the server says so, which the browser takes for an error.
    complaints.length = 0;
    return opened;
  }

  /** Takes from the page what it would follow and draw while nobody looks at it. */
  async leave(page: Page): Promise<void> {
    await page.goto(`${this.admin.url}/favicon.svg`);
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
    await this.admin.child.stop();
    await this.stage.dispose();
    await this.#model.close();
  }
}

/** For the message of a test that waited in vain. */
async function whatIsThere({ page, complaints }: Opened): Promise<string> {
  const text = await page.locator('body').innerText({ timeout: 5_000 }).catch(String);
  const open = (await page.requests())
    .filter((request) => request.existingResponse() === null && request.failure() === null)
    .map((request) => `${request.method()} ${request.url()}`);
  return `${page.url()} shows "${text}"; complaints: ${complaints.join(' | ')}; not answered: ${open.join(' | ')}`;
}
