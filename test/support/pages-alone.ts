import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page, type Route } from 'playwright-core';
import type { PendingApproval } from '../../src/contracts/answers.ts';

const pagesDir = join(import.meta.dirname, '../../dist/web');
const origin = 'http://perdure.test';
const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' },
};

export interface FakedRequest {
  readonly method: string;
  /** Below `/api/v1`, with what stands behind the question mark. */
  readonly path: string;
  readonly body: unknown;
}

/** What is answered; `offline`: nothing at all. */
export type FakedAnswer =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | 'offline';

/** The built pages in a browser, with nothing behind them: what a server answers, and when, is up to the test. */
export class PagesAlone {
  readonly #browser: Browser;

  static async create(executablePath: string): Promise<PagesAlone> {
    const args = ['--no-sandbox', '--disable-gpu'];
    return new PagesAlone(await chromium.launch({ executablePath, args, timeout: 120_000 }));
  }

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(
    address: string,
    answer: (request: FakedRequest) => FakedAnswer | Promise<FakedAnswer>,
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      ...{ viewport: { width: 1360, height: 850 }, reducedMotion: 'reduce' },
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.route('**/*', async (route) => {
      const { pathname, search } = new URL(route.request().url());
      if (!pathname.startsWith('/api/v1')) return fromDisk(route, pathname);
      const path = pathname.slice('/api/v1'.length) + search;
      // Nothing happens by itself.
      if (path.endsWith('/events')) return route.abort();
      const request = route.request();
      const body: unknown = request.postData() === null ? undefined : request.postDataJSON();
      const answered = await answer({ method: request.method(), path, body });
      if (answered === 'offline') return route.abort();
      const { status, headers = {} } = answered;
      return route.fulfill({ status, headers, json: answered.body });
    });
    await page.goto(origin + address);
    return page;
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
  }
}

async function fromDisk(route: Route, pathname: string): Promise<void> {
  const file = extname(pathname) === '' ? 'index.html' : pathname;
  await route.fulfill({
    body: await readFile(join(pagesDir, file)),
    contentType: types[extname(file)] ?? 'application/octet-stream',
  });
}

export const ann = {
  status: 200,
  body: {
    ...{ name: 'ann', role: 'approver', agents: [], kind: 'session', csrf: 'c' },
    expiresAt: '2099-01-01T00:00:00.000Z',
  },
};

export function problem(status: number, code: string, detail: string): FakedAnswer {
  return { status, body: { status, code, detail, help: '' } };
}

/** An approval that was asked for so many minutes ago. */
export function asked(agent: string, minutesAgo: number): PendingApproval {
  return {
    ...{ agent, definition: 'clerk', requester: 'mallory' },
    approval: {
      ...{ id: `ap-${agent}`, revision: 1, subject: 'tool', tool: 'write_file', hash: 'f'.repeat(64) },
      ...{ args: { path: `reports/${agent}.md`, content: `For ${agent}.` }, facts: {} },
      ...{ summary: `write_file of ${agent}`, rule: 'true', required: 1, decisions: [], risk: 'low' },
      requestedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
      allowedDecisions: ['approve', 'edit', 'reject'],
    },
  };
}
