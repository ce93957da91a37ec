/** A budget as somebody types it; empty where the definition's holds. */
export interface BudgetDraft {
  readonly turns: string;
  readonly tokens: string;
  readonly usd: string;
}

export const noBudget: BudgetDraft = { turns: '', tokens: '', usd: '' };

interface Limits {
  turns?: number;
  tokens?: number;
  usd?: number;
}

/** The budget that was typed, undefined if none was, and what is wrong with which field. */
export function readBudget(draft: BudgetDraft): {
  readonly budget: Limits | undefined;
  readonly problems: Readonly<Record<string, string>>;
} {
  const budget: Limits = {};
  const problems: Record<string, string> = {};
  for (const name of ['turns', 'tokens', 'usd'] as const) {
    const text = draft[name].trim();
    if (text === '') continue;
    const value = Number(text);
    const isGood = value > 0 && (name === 'usd' ? Number.isFinite(value) : Number.isSafeInteger(value));
    if (isGood) budget[name] = value;
    else problems[name] = name === 'usd' ? 'A number above 0.' : 'A whole number above 0.';
  }
  return { budget: Object.keys(budget).length === 0 ? undefined : budget, problems };
}
