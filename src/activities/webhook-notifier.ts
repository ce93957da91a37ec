import { ApplicationFailure } from '@temporalio/common';
import { Webhook } from 'standardwebhooks';
import type { Notice } from '../contracts/notice.ts';
import type { NotifierPort } from './ports.ts';

/** A receiver that needs longer has put the work before the answer; Standard Webhooks recommends 15 to 30 seconds at most. */
const ANSWER_TIMEOUT_MS = 15_000;
/** By Standard Webhooks: whoever answers this wants no more of them. */
const GONE = 410;

export interface WebhookReceiver {
  readonly url: URL;
  readonly secret: string;
  /** Where people open the admin pages; without it a notice has no link. */
  readonly adminUrl: URL | undefined;
  readonly answerTimeoutMs?: number;
}

/** Sends notices as webhooks that are signed as Standard Webhooks says. Throws what the library says of a secret that is none. */
export function webhookNotifier({
  url,
  secret,
  adminUrl,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
}: WebhookReceiver): NotifierPort {
  const webhook = new Webhook(secret);
  return {
    notify: async (notice) => {
      const body = JSON.stringify(bodyOf(notice, adminUrl));
      const now = new Date();
      const headers = {
        'content-type': 'application/json',
        'webhook-id': notice.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': webhook.sign(notice.id, now, body),
      };
      const status = await statusOf(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      if (status >= 200 && status < 300) return;
      throw refused(`the receiver answered ${status}`, { isFinal: status === GONE });
    },
  };
}

/** What it answers beside the status is not read, and where it points to is not followed: the signed text is meant for nobody else. */
async function statusOf(url: URL, request: RequestInit): Promise<number> {
  try {
    const response = await fetch(url, { ...request, redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    // The address may hold a secret of the receiver's, and whatever is thrown may hold the address.
    throw refused(`the receiver can't be reached: ${reasonOf(error)}`, { isFinal: false });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

function refused(message: string, { isFinal }: { readonly isFinal: boolean }): ApplicationFailure {
  return ApplicationFailure.create({ type: 'NotificationFailed', message, nonRetryable: isFinal });
}

/** Opening the link changes nothing: who follows it sees the page, and decides there if they may. */
function bodyOf(
  { type, at, agent, definition, summary, approval }: Notice,
  adminUrl: URL | undefined,
): object {
  const page = ['agents', agent, ...(approval ? ['approvals', approval.id] : [])].map(encodeURIComponent);
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      ...{ agent, definition, summary },
      ...(approval
        ? { approval: { ...approval, expiresAt: new Date(approval.expiresAt).toISOString() } }
        : {}),
      ...(adminUrl ? { url: new URL(`/${page.join('/')}`, adminUrl).href } : {}),
    },
  };
}
