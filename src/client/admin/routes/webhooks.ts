import express, { type Request, Router } from 'express';
import { type Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Json } from '../../../contracts/json.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';
import type { Hook } from '../hooks.ts';
import { onlyMethods } from '../middleware/problems.ts';
import { readPayload } from '../payload.ts';

/** An agent may keep more events than one that nobody has read yet; a document belongs where both can fetch it. */
const MAX_BODY_BYTES = 65_536;
/** Together with the hook's name it is the event's id, which has at most 200 characters. */
const webhookId = /^[\x21-\x7e]{1,130}$/;

/** Signed webhooks (Standard Webhooks) that become events of agents, each once. */
export function webhookRoutes({ gateway, hooks, metrics, logger }: AdminParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  // The signature is of the bytes as they were sent, whatever they are said to be.
  const body = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false });
  router
    .route('/hooks/:name')
    .post(body, async (request, response) => {
      const hook = await hooks.find(request.params.name);
      const signed = verified(request, hook.secrets);
      if (!signed) {
        metrics.webhooks.inc({ outcome: 'refused' });
        logger.warn(`webhook ${hook.name} refused: its signature or its time does not fit`);
        throw new GatewayError('Unauthenticated', 'The signature or the time of the webhook does not fit.');
      }
      const id = `${hook.name}/${signed.id}`;
      const { isRepeat } = await gateway.deliver(`hook.${id}`, eventFor(hook, id, readPayload(signed.text)));
      metrics.webhooks.inc({ outcome: isRepeat ? 'repeated' : 'accepted' });
      logger.info(`webhook ${id} ${isRepeat ? 'repeated' : 'accepted'}`, { agent: hook.agent });
      response.status(isRepeat ? 200 : 202).json({ id, agent: hook.agent, repeated: isRepeat });
    })
    .all(onlyMethods('POST'));
  return router;
}

/** Any of the secrets may have signed it, so that they can be changed one side at a time. */
function verified(request: Request, secrets: readonly Webhook[]): { id: string; text: string } | undefined {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, request.get(name) ?? '']),
  );
  const id = headers['webhook-id'] ?? '';
  if (!secrets.some((secret) => isSigned(secret, text, headers))) return undefined;
  if (!webhookId.test(id))
    throw new GatewayError('Invalid', 'webhook-id: at most 130 visible ASCII characters');
  return { id, text };
}

function isSigned(secret: Webhook, text: string, headers: Record<string, string>): boolean {
  try {
    secret.verify(text, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function eventFor({ name, event, agent, definition, input }: Hook, id: string, payload: Json) {
  const by = `webhook ${name}`;
  const start = { agent: definition, input, requester: by };
  return { agent, by, id, event: { name: event, payload }, start };
}
