import type { ModelCall, ModelPort, ModelQuestion } from '../activities/ports.ts';
import type { ModelReply } from '../contracts/model.ts';

/**
 * A model whose adapter is loaded when everything else is under way: the openai package takes a tenth of a second, in which
 * a restarted worker can run tools already. A call that comes first waits for it.
 */
export class LateModel implements ModelPort {
  readonly #load: () => Promise<ModelPort>;
  #loaded: Promise<ModelPort> | undefined;

  constructor(load: () => Promise<ModelPort>) {
    this.#load = load;
  }

  load(): Promise<ModelPort> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async reply(question: ModelQuestion, call: ModelCall): Promise<ModelReply> {
    const model = await this.load();
    return model.reply(question, call);
  }
}
