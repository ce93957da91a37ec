import { Webhook } from 'standardwebhooks';
import type winston from 'winston';
import { GatewayError } from '../gateway-error.ts';
import { type ReadDefinition, readDefinitions } from '../read-definitions.ts';

/** A hook that can be used: whom its webhooks reach, as which event, and who may send them. */
export interface Hook {
  readonly name: string;
  readonly definition: string;
  readonly event: string;
  readonly agent: string;
  /** The goal of the agent if it has to be started. */
  readonly input: string;
  readonly secrets: readonly Webhook[];
}

/** A changed definition counts after this; a flood of webhooks does not read the folder each time. */
const FRESH_MS = 2_000;

type Declared = Omit<Hook, 'secrets'> & { readonly variable: string };

interface Known {
  readonly hooks: readonly Declared[];
  /** Files that can't be read, so that nobody knows which hooks they have. */
  readonly broken: readonly string[];
}

/** The hooks that definitions have in their front matter. Their secrets come from the environment and stay here. */
export class Hooks {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logger: winston.Logger;
  #known: Promise<Known> | undefined;
  #readAt = -Infinity;

  constructor(folder: string, env: NodeJS.ProcessEnv, logger: winston.Logger) {
    this.#folder = folder;
    this.#env = env;
    this.#logger = logger;
  }

  /** Says at the start what would otherwise be noticed with the first webhook. Fails `NotFound` without the folder. */
  async check(): Promise<void> {
    const { hooks, broken } = await this.#read();
    for (const file of broken) this.#logger.error(`${file} has mistakes, so its hooks are not known`);
    for (const { name, variable } of hooks) {
      const problem = secretsIn(this.#env[variable]).problem;
      if (problem !== undefined) this.#logger.error(`hook ${name} takes nothing: ${variable} ${problem}`);
      if (hooks.filter((other) => other.name === name).length > 1)
        this.#logger.error(`hook ${name} takes nothing: several definitions have it`);
    }
  }

  /** Fails `NotFound`, or `NotConfigured` when it may come to be there or its secret is not set. */
  async find(name: string): Promise<Hook> {
    const { hooks, broken } = await this.#read().catch((error: unknown) => {
      this.#logger.error(
        `hook ${name} is not known: ${error instanceof Error ? error.message : String(error)}`,
      );
      throw new GatewayError('NotConfigured', "The definitions can't be read at the moment.");
    });
    const [hook, another] = hooks.filter((one) => one.name === name);
    if (!hook && broken.length > 0) {
      this.#logger.error(`hook ${name} is not known, and ${broken.join(', ')} can't be read`);
      throw new GatewayError('NotConfigured', "The definitions can't all be read at the moment.");
    }
    if (!hook) throw new GatewayError('NotFound', 'There is no such hook.', { help: 'Check its name.' });
    if (another) {
      this.#logger.error(`hook ${name} takes nothing: ${hook.definition} and ${another.definition} have it`);
      throw new GatewayError('NotConfigured', 'The hook is not set up.');
    }
    const { variable, ...rest } = hook;
    const { secrets, problem } = secretsIn(this.#env[variable]);
    if (problem === undefined) return { ...rest, secrets };
    this.#logger.error(`hook ${name} takes nothing: ${variable} ${problem}`);
    throw new GatewayError('NotConfigured', 'The hook is not set up.');
  }

  #read(): Promise<Known> {
    const now = performance.now();
    if (this.#known === undefined || now - this.#readAt > FRESH_MS) {
      this.#readAt = now;
      this.#known = readDefinitions(this.#folder).then(knownFrom);
      // Whoever asks next reads again.
      this.#known.catch(() => (this.#known = undefined));
    }
    return this.#known;
  }
}

function knownFrom(read: readonly ReadDefinition[]): Known {
  return {
    broken: read.flatMap(({ file, ok }) => (ok ? [] : [file])),
    hooks: read.flatMap((one) => {
      if (!one.ok) return [];
      const { name: definition } = one.definition;
      return Object.entries(one.triggers.hooks).map(([name, { secret, ...hook }]) => {
        return { ...hook, name, definition, variable: secret.slice(1) };
      });
    }),
  };
}

/** Several with spaces between, so that a new one can be taken before the sender has it. */
function secretsIn(text: string | undefined): { secrets: readonly Webhook[]; problem?: string } {
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return { secrets: [], problem: 'is not set' };
  try {
    return { secrets: words.map((word) => new Webhook(word)) };
  } catch {
    // The library's own words may repeat a part of it.
    return { secrets: [], problem: 'is no secret in base64, with or without whsec_ before it' };
  }
}
