import type { StatusDocument } from '../contracts/status.ts';
import type { UsageTotal } from '../contracts/usage.ts';
import { GatewayError } from './gateway-error.ts';

/** An agent with everybody below it. */
export interface FamilyTree {
  readonly agent: string;
  readonly definition: string;
  readonly status: string;
  readonly waitsFor: readonly string[];
  /** With everybody below who has ended. */
  readonly usage?: UsageTotal;
  readonly below: readonly FamilyTree[];
}

/** Each costs a question to its worker; a larger tree is shown down to here, and says so by what is missing. */
const MAX_AGENTS = 200;

/** The tree below an agent, level by level. One that can't be asked is shown as its parent knows it. */
export async function familyTree(
  root: StatusDocument,
  ask: (agent: string) => Promise<StatusDocument>,
): Promise<FamilyTree> {
  let left = MAX_AGENTS;
  const grow = async (status: StatusDocument): Promise<FamilyTree> => {
    const below: FamilyTree[] = [];
    for (const child of status.children ?? []) {
      left -= 1;
      const asked = left > 0 ? await ask(child.agent).catch(unknown) : undefined;
      if (asked) below.push(await grow(asked));
      else {
        const { agent, definition, status: known, usage } = child;
        below.push({
          agent,
          definition,
          status: known,
          waitsFor: [],
          ...(usage ? { usage } : {}),
          below: [],
        });
      }
    }
    const waitsFor = [...new Set(status.interruptions.map(({ kind }) => kind))];
    const { agent, definition, usage } = status;
    return { agent, definition: definition.name, status: status.status, waitsFor, usage, below };
  };
  return grow(root);
}

/** Not started yet, or gone with the server's retention. */
function unknown(error: unknown): undefined {
  if (error instanceof GatewayError) return undefined;
  throw error;
}
