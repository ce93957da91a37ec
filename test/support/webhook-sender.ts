import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Admin, Answer } from './admin.ts';

export interface Sending {
  readonly id?: string;
  readonly body?: string;
  readonly at?: Date;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whoever sends webhooks with a secret to a hook, as Standard Webhooks says. */
export function sendWebhook(
  admin: Admin,
  hook: string,
  secret: string,
  { id = randomUUID(), body = '{"order":"PO-17"}', at = new Date(), headers = {} }: Sending = {},
): Promise<Answer> {
  return admin.ask('POST', `/api/v1/hooks/${hook}`, {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
      ...headers,
    },
  });
}
