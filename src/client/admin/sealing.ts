import type { AgentMessageName } from '../../contracts/messages.ts';
import type { Seal } from '../../contracts/seal.ts';
import type { AgentStart } from '../../contracts/start.ts';
import { type SealedName, sealedText } from '../../core/seal.ts';
import { type AdminKey, adminKeyIn } from '../../storage/admin-key.ts';
import type { Token } from '../../storage/tokens.ts';
import { GatewayError } from '../gateway-error.ts';

type Sender = Pick<Token, 'name' | 'role'>;
type Payload = Readonly<Record<string, unknown>>;

/** An admin server's word for who is signed in, so that agents need not believe what a message or a start says of itself. */
export interface Sealing {
  /** The message as it goes out, with who sends it. */
  readonly message: (agent: string, name: AgentMessageName, payload: Payload, sender: Sender) => Payload;
  /** For an agent of this id and everything that it is started with, if that is for this person. */
  readonly start: (requester: Sender) => (agent: string, start: AgentStart) => Seal;
}

/** With the key of the data folder. Fails `NotConfigured` if it can be neither read nor made. */
export function sealing(dataDir: string): Sealing {
  const key = keyOf(dataDir);
  const sealOf = (agent: string, name: SealedName, payload: object, { role }: Sender): Seal => {
    const given = { role, at: Date.now() };
    return { ...given, signature: key.sign(sealedText(agent, name, payload, given)) };
  };
  return {
    message: (agent, name, payload, sender) => {
      const said = { ...payload, by: sender.name };
      return { ...said, seal: sealOf(agent, name, said, sender) };
    },
    start: (requester) => (agent, start) =>
      sealOf(agent, 'start', { ...start, requester: requester.name }, requester),
  };
}

function keyOf(dataDir: string): AdminKey {
  try {
    return adminKeyIn(dataDir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GatewayError('NotConfigured', `The key in ${dataDir} can't be used: ${why}.`, {
      help: 'Make the folder PERDURE_DATA_DIR readable and writable for this process.',
    });
  }
}
