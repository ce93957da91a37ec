/** US dollars per million tokens. */
interface ModelPrice {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** The tokens of one reply, as far as they are charged differently. */
export interface PricedTokens {
  /** All input tokens, those read from the provider's cache among them. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/** What a reply cost in US dollars; `known` is false, and the cost 0, when no price is listed for the model. */
export interface Price {
  readonly usd: number;
  readonly known: boolean;
}

/** The provider's public price list as known on 2025-12-31; check before relying on it. Standard tier, no batch discount. */
const prices: Readonly<Record<string, ModelPrice>> = {
  'gpt-5.2': { input: 1.75, cachedInput: 0.175, output: 14 },
  'gpt-5.1': { input: 1.25, cachedInput: 0.125, output: 10 },
  'gpt-5': { input: 1.25, cachedInput: 0.125, output: 10 },
  'gpt-5-mini': { input: 0.25, cachedInput: 0.025, output: 2 },
  'gpt-5-nano': { input: 0.05, cachedInput: 0.005, output: 0.4 },
  'gpt-4.1': { input: 2, cachedInput: 0.5, output: 8 },
  'gpt-4.1-mini': { input: 0.4, cachedInput: 0.1, output: 1.6 },
  'gpt-4.1-nano': { input: 0.1, cachedInput: 0.025, output: 0.4 },
  'gpt-4o': { input: 2.5, cachedInput: 1.25, output: 10 },
  'gpt-4o-2024-05-13': { input: 5, cachedInput: 5, output: 15 },
  'gpt-4o-mini': { input: 0.15, cachedInput: 0.075, output: 0.6 },
  o3: { input: 2, cachedInput: 0.5, output: 8 },
  'o4-mini': { input: 1.1, cachedInput: 0.275, output: 4.4 },
};

/** Only a date may follow a listed name: `gpt-5-pro` and `o3-deep-research` are other models with other prices. */
const dated = /^-\d{4}-\d{2}-\d{2}$/;
const TOKENS_PER_PRICE = 1_000_000;

/** The cost of a reply by the listed price of its model or, for a dated variant, of the model that the date belongs to. */
export function priceOf(model: string, tokens: PricedTokens): Price {
  const price = listedPrice(model);
  if (price === undefined) return { usd: 0, known: false };
  const cached = Math.min(tokens.cachedInputTokens, tokens.inputTokens);
  const usd =
    ((tokens.inputTokens - cached) * price.input +
      cached * price.cachedInput +
      tokens.outputTokens * price.output) /
    TOKENS_PER_PRICE;
  return { usd, known: true };
}

function listedPrice(model: string): ModelPrice | undefined {
  const names = Object.keys(prices).sort((one, other) => other.length - one.length);
  const name = names.find((listed) => model === listed || isDatedVariant(model, listed));
  return name === undefined ? undefined : prices[name];
}

function isDatedVariant(model: string, listed: string): boolean {
  return model.startsWith(listed) && dated.test(model.slice(listed.length));
}
