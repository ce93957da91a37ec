import { z } from 'zod';
import type { Finding } from './package-results.ts';

/** The findings of one package, all versions of it. */
export interface Matter {
  readonly name: string;
  readonly versions: readonly string[];
  readonly findings: readonly Finding[];
  /** What each finding is known by, whatever the version. */
  readonly keys: readonly string[];
}

const Decision = z.looseObject({
  package: z.string(),
  versions: z.array(z.string()),
  findings: z.array(z.string()),
  decision: z.string(),
  by: z.string().default('a person'),
  words: z.string().default(''),
});
export type Decision = z.infer<typeof Decision>;

/** A decision that was recalled, with its source. */
export interface Remembered extends Decision {
  readonly agent: string;
  readonly at: string;
}

const MARK = '[decided] ';
/** A memory has room for this much of what somebody said. */
const MAX_WORDS_CHARS = 500;
/** A memory holds 4,000 characters; a package with more findings than fit is asked about again. */
const MAX_MEMORY_CHARS = 4_000;

/** Longest label of a memory. */
const MAX_LABEL_CHARS = 100;

export function labelOf(name: string): string {
  return name.slice(0, MAX_LABEL_CHARS);
}

export function mattersOf(findings: readonly Finding[]): Matter[] {
  return [...Map.groupBy(findings, (finding) => finding.package)].map(([name, own]) => ({
    name,
    versions: [...new Set(own.map(({ version }) => version))],
    findings: own,
    keys: [...new Set(own.map(({ code, detail }) => `${code} ${detail}`.trim()))],
  }));
}

export function decisionText(
  { name, versions, keys }: Matter,
  { decision, by, words }: { decision: string; by: string; words: string },
): string {
  const known = { package: name, versions, findings: keys, decision, by };
  const text = `${MARK}${JSON.stringify({ ...known, words: words.slice(0, MAX_WORDS_CHARS) })}`;
  if (text.length <= MAX_MEMORY_CHARS) return text;
  return `${MARK}${JSON.stringify({ ...known, versions: [], findings: [], words: '' })}`;
}

/** Undefined for a memory of anything else. */
export function decisionIn(text: string): Decision | undefined {
  if (!text.startsWith(MARK)) return undefined;
  try {
    return Decision.safeParse(JSON.parse(text.slice(MARK.length))).data;
  } catch {
    return undefined;
  }
}

/** Whether a decision is about all that was found now: an acceptance for any version, anything else for those versions. */
export function settles(decision: Decision, { name, versions, keys }: Matter): boolean {
  return (
    decision.package === name &&
    keys.every((key) => decision.findings.includes(key)) &&
    (decision.decision === 'accept' || versions.every((version) => decision.versions.includes(version)))
  );
}
