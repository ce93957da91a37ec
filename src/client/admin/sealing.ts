import type { AgentMessageName } from '../../contracts/messages.ts';
import { sealedText } from '../../core/seal.ts';
import { type AdminKey, adminKeyIn } from '../../storage/admin-key.ts';
import type { Token } from '../../storage/tokens.ts';
import { GatewayError } from '../gateway-error.ts';

/** Says for a message who sent it, so that the agent need not believe the message itself. */
export type Seal = (
  agent: string,
  name: AgentMessageName,
  payload: Readonly<Record<string, unknown>>,
  sender: Pick<Token, 'name' | 'role'>,
) => Readonly<Record<string, unknown>>;

/** With the key of the data folder. Fails `NotConfigured` if it can be neither read nor made. */
export function sealing(dataDir: string): Seal {
  const key = keyOf(dataDir);
  return (agent, name, payload, { name: by, role }) => {
    const said = { ...payload, by };
    const seal = { role, at: Date.now() };
    return { ...said, seal: { ...seal, signature: key.sign(sealedText(agent, name, said, seal)) } };
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
