import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AgentMessage, AgentMessageName } from '../contracts/messages.ts';
import type { Role } from '../contracts/role.ts';
import type { Seal } from '../contracts/seal.ts';
import type { AgentState } from '../contracts/state.ts';
import { canonicalJson } from './hash.ts';

/** A message, or an agent's start. */
export type SealedName = AgentMessageName | 'start';

/** What a seal signs: this message to this agent, whoever it says sent it. A seal can't be moved to another one. */
export function sealedText(
  agent: string,
  name: SealedName,
  payload: object,
  { role, at }: Omit<Seal, 'signature'>,
): string {
  return canonicalJson({ agent, name, payload: { ...payload, seal: { role, at } } });
}

// The library has no hash of its own, so that it stays small.
hashes.sha512 = sha512;

/** A cache only: a validator, its handler and core all ask the same of a message, and a signature takes a millisecond. */
const known = new WeakMap<object, { trusted: readonly string[]; role: Role | undefined }>();

/** The role of who sent a message, if an admin server that the agent's definition trusts vouches for it. */
export function vouchedRole(state: AgentState, { name, payload }: AgentMessage): Role | undefined {
  const { seal } = payload;
  const trusted = state.definition?.trusted;
  if (!seal || !trusted) return undefined;
  const before = known.get(payload);
  if (before?.trusted === trusted) return before.role;
  const role = isSealed({ agent: state.agentId, name, payload, seal }, trusted) ? seal.role : undefined;
  known.set(payload, { trusted, role });
  return role;
}

interface Sealed {
  readonly agent: string;
  readonly name: SealedName;
  readonly payload: object;
  readonly seal: Seal;
}

/** Whether one of the keys has given a seal for exactly this. */
export function isSealed({ agent, name, payload, seal }: Sealed, trusted: readonly string[]): boolean {
  const text = utf8ToBytes(sealedText(agent, name, payload, seal));
  return trusted.some((key) => isSigned(seal.signature, text, key));
}

function isSigned(signature: string, text: Uint8Array, key: string): boolean {
  try {
    return verify(hexToBytes(signature), text, hexToBytes(key));
  } catch {
    // Not hexadecimal, of the wrong length, or no point of the curve.
    return false;
  }
}
