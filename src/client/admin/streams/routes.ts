import { type Request, type Response, Router } from 'express';
import type { Token } from '../../../storage/tokens.ts';
import { GatewayError } from '../../gateway-error.ts';
import { checked, pathParts } from '../api/operation.ts';
import { permit } from '../api/permit.ts';
import type { AdminParts } from '../app.ts';
import { credentialOf, tokenOf } from '../middleware/authenticate.ts';
import { reaches } from '../permissions.ts';
import { agentEvents } from './agent-events.ts';
import { AgentFeed } from './agent-feed.ts';
import { type EventSource, streamEvents } from './event-stream.ts';

/** Each may ask Temporal twice a second, and takes a connection. */
const MAX_STREAMS = 200;
const MAX_STREAMS_OF_TOKEN = 20;

export const streamPaths = { ofAgents: '/events', ofAgent: '/agents/:id/events' } as const;

/** Server-sent events, for readers with a token or a session. */
export function streamRoutes({ gateway, metrics, stopping }: AdminParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const feed = new AgentFeed(gateway);
  const open = new Map<string, number>();
  const serve = async (request: Request, response: Response, source: EventSource): Promise<void> => {
    const { token, isGood } = credentialOf(request);
    enter(open, token);
    metrics.streams.inc();
    try {
      await streamEvents(request, response, source, {
        mayGoOn: isGood,
        stop: stopping,
      });
    } finally {
      leave(open, token);
      metrics.streams.dec();
    }
  };
  router.get(streamPaths.ofAgents, permit('followAgents'), async (request, response) => {
    const token = tokenOf(request);
    await gateway.check();
    await serve(request, response, (send, signal, taken) => {
      const lastId = request.get('last-event-id');
      const reader = { listener: send, reaches: (agent: string) => reaches(token, agent), taken };
      return feed.follow(lastId, reader, signal);
    });
  });
  router.get(streamPaths.ofAgent, permit('followAgent'), async (request, response) => {
    const agent = checked(pathParts.id, request.params['id']);
    const last = /^\d{1,9}$/.exec(request.get('last-event-id') ?? '')?.[0];
    const { open: isOpen } = await gateway.pulse(agent);
    // Browsers come back after every end but this one.
    if (!isOpen && last !== undefined && (await gateway.status(agent)).revision <= Number(last)) {
      response.status(204).end();
      return;
    }
    await serve(
      request,
      response,
      agentEvents(gateway, agent, last === undefined ? undefined : Number(last)),
    );
  });
  return router;
}

function enter(open: Map<string, number>, { id }: Token): void {
  const own = open.get(id) ?? 0;
  const all = [...open.values()].reduce((sum, one) => sum + one, 0);
  if (own >= MAX_STREAMS_OF_TOKEN || all >= MAX_STREAMS)
    throw new GatewayError('TooManyRequests', 'Too many streams are open.', {
      help: `Close some: a token may have ${MAX_STREAMS_OF_TOKEN}, all together ${MAX_STREAMS}.`,
    });
  open.set(id, own + 1);
}

function leave(open: Map<string, number>, { id }: Token): void {
  const left = (open.get(id) ?? 1) - 1;
  if (left > 0) open.set(id, left);
  else open.delete(id);
}
