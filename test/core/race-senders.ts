import { generateKeyPairSync, sign } from 'node:crypto';
import type { AgentMessageName } from '../../src/contracts/messages.ts';
import type { AgentStart } from '../../src/contracts/start.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { sealedText } from '../../src/core/seal.ts';
import { roleOf, type Sender } from './race-rules.ts';

/** A message as it goes out, and who it is really known to be from. */
export interface Sent<Payload> {
  readonly payload: Payload;
  readonly sender: Sender;
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const RAW_KEY_BYTES = 32;
/** The key that the agents of the races trust. */
export const trustedKey = publicKey
  .export({ type: 'spki', format: 'der' })
  .subarray(-RAW_KEY_BYTES)
  .toString('hex');
const stranger = generateKeyPairSync('ed25519').privateKey;

/** What may be wrong with a seal: then it says nothing. */
const forgeries = [...Array<'none'>(7).fill('none'), 'key', 'agent', 'role', 'content'] as const;

/** An admin server's word for who asked for an agent: good, or as chance has it one that only looks like it. */
export function sealOfStart(start: AgentStart, isGood: boolean, askedAt: number): JsonObject {
  const given = { role: roleOf[start.requester ?? ''] ?? 'viewer', at: askedAt };
  const text = sealedText('a1', 'start', isGood ? start : { ...start, input: 'Something else.' }, given);
  return { ...given, signature: sign(null, Buffer.from(text), privateKey).toString('hex') };
}

/** With a good seal, or one that looks like it, or without any: as chance has it. */
export function sealSometimes<Payload extends { readonly by: string }>(
  name: AgentMessageName,
  payload: Payload,
  { pick, at }: { readonly pick: number; readonly at: number },
): Sent<Payload & { seal?: JsonObject }> {
  if (pick % 5 > 1) return { payload, sender: { by: payload.by } };
  const role = roleOf[payload.by.toLowerCase()] ?? 'viewer';
  const forgery = forgeries[pick % forgeries.length];
  const text = sealedText(
    forgery === 'agent' ? 'a2' : 'a1',
    name,
    forgery === 'content' ? { ...payload, by: 'nobody' } : payload,
    { role: forgery === 'role' ? 'viewer' : role, at },
  );
  const signature = sign(null, Buffer.from(text), forgery === 'key' ? stranger : privateKey).toString('hex');
  // A forged role is a stronger one than the key has signed.
  const claimed = forgery === 'role' ? 'admin' : role;
  return {
    payload: { ...payload, seal: { role: claimed, at, signature } },
    sender: forgery === 'none' ? { by: payload.by, role } : { by: payload.by },
  };
}
