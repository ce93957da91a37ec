import * as z from 'zod';
import { Cancelling } from '../../../contracts/answers.ts';
import { JsonObject } from '../../../contracts/json.ts';
import { keyedId } from '../../../contracts/keyed-id.ts';
import {
  type AgentMessageName,
  Claim,
  Decide,
  ExtendBudget,
  ExternalEvent,
  GiveLeave,
  Intervention,
  Message,
  Reassign,
  Revoke,
} from '../../../contracts/messages.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import { hashJson } from '../../../core/hash.ts';
import type { OperationId } from '../permissions.ts';
import { refuseStale } from '../../stale.ts';
import { withCurrent } from './current.ts';
import { type Asked, type Operation, operation } from './operation.ts';

// Who acts is who the token says, so that no body has `by`.
const sender = { by: true, seal: true } as const;
const MessageBody = Message.omit(sender);
const EventBody = ExternalEvent.omit(sender);
const InterventionBody = Intervention.omit(sender);
// What these require beyond their fields is checked with the whole message.
const BudgetBody = z.strictObject(ExtendBudget.shape).omit(sender);
const DecisionBody = z.strictObject(Decide.shape).omit({ ...sender, approval: true });
const ClaimBody = Claim.omit({ ...sender, approval: true });
const ReassignBody = z.strictObject(Reassign.shape).omit({ ...sender, approval: true });
const GrantBody = GiveLeave.omit(sender);
const RevokeBody = Revoke.omit({ ...sender, grant: true });
const CancelBody = Intervention.omit(sender);

export const messageOperations: readonly Operation[] = [
  message(
    'decide',
    '/agents/:id/approvals/:approval/decision',
    'decide',
    'Decide an open approval',
    DecisionBody,
  ),
  message(
    'claimApproval',
    '/agents/:id/approvals/:approval/claim',
    'claim',
    'Say that you are at an approval, so that others leave it alone',
    ClaimBody,
  ),
  message(
    'releaseApproval',
    '/agents/:id/approvals/:approval/release',
    'release',
    'Leave a claimed approval to others',
    ClaimBody,
  ),
  message(
    'reassignApproval',
    '/agents/:id/approvals/:approval/reassign',
    'reassign',
    'Hand an approval that one has claimed on to somebody; as an admin, any',
    ReassignBody,
  ),
  message(
    'grantLeave',
    '/agents/:id/grants',
    'grant',
    'Let what a tool would ask about run without asking, until a time',
    GrantBody,
  ),
  message(
    'revokeLeave',
    '/agents/:id/grants/:grant/revoke',
    'revoke',
    'Take back a standing grant',
    RevokeBody,
  ),
  message(
    'sendMessage',
    '/agents/:id/messages',
    'message',
    'Say something to an agent',
    MessageBody,
    'keyed',
  ),
  message('sendEvent', '/agents/:id/events', 'event', 'Report an event to an agent', EventBody, 'keyed'),
  message('pauseAgent', '/agents/:id/pause', 'pause', 'Start nothing new until resume', InterventionBody),
  message(
    'resumeAgent',
    '/agents/:id/resume',
    'resume',
    'Go on after a pause or an outage',
    InterventionBody,
  ),
  message(
    'stopAgent',
    '/agents/:id/stop',
    'stop',
    'End gracefully after the calls in flight',
    InterventionBody,
  ),
  message('extendBudget', '/agents/:id/budget', 'extendBudget', 'Raise the budget', BudgetBody, 'keyed'),
  operation({
    id: 'cancelAgent',
    method: 'post',
    path: '/agents/:id/cancel',
    summary: 'End an agent at once, wherever it is',
    body: CancelBody,
    answer: Cancelling,
    status: 202,
    perform: async ({ agent, body: { reason, revision }, token }, means) => {
      const { gateway } = means;
      const why = reason === undefined ? `by ${token.name}` : `${reason} (by ${token.name})`;
      await withCurrent(agent, means, async () => {
        await refuseStale({ status: () => gateway.status(agent) }, revision);
        await gateway.cancel(agent, why);
      });
      return { agent, cancelling: true } as const;
    },
  }),
];

/** Of a `keyed` one an Idempotency-Key becomes the message's own id, which agents know for long. */
function message(
  id: OperationId,
  path: string,
  name: AgentMessageName,
  summary: string,
  body: z.ZodType,
  keyed?: 'keyed',
): Operation {
  return operation({
    ...{ id, method: 'post', path, summary, body, takesKey: keyed !== undefined },
    answer: StatusDocument,
    perform: (asked: Asked<unknown, unknown>, means) => {
      const { agent, token, key } = asked;
      const body = JsonObject.parse(asked.body);
      const said = {
        ...(key === undefined ? {} : { id: keyedId(key, hashJson(body).slice(0, 16)) }),
        ...body,
        ...partsOfPath(asked),
      };
      return withCurrent(agent, means, () =>
        means.gateway.send(agent, name, means.seal.message(agent, name, said, token)),
      );
    },
  });
}

/** What the path says of the message; empty parts are not in it. */
function partsOfPath({ approval, grant }: Asked<unknown, unknown>): Record<string, string> {
  return { ...(approval === '' ? {} : { approval }), ...(grant === '' ? {} : { grant }) };
}
