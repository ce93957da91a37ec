import { readdir } from 'node:fs/promises';
import type { Definition } from '../contracts/definition.ts';
import { coalesced } from '../storage/coalesced.ts';
import { readDefinitionText } from '../storage/definition-files.ts';
import { parsedDefinition } from './parsed-definitions.ts';

type Dependents = NonNullable<Definition['dependents']>;

/** Only files that have the field are parsed. */
const saysAfter = /^after\s*:/m;

/**
 * The definitions that say `after` of this one. A file with mistakes starts nobody; who begins an agent of it is told why.
 * Fails with a message where the files would start each other for ever.
 */
export async function findDependents(
  agentsDir: string,
  name: string,
): Promise<{ ok: true; dependents: Dependents } | { ok: false; problem: string }> {
  const after = await readAfter(agentsDir);
  const following = (one: string): Dependents =>
    [...after].flatMap(([agent, triggers]) => {
      const trigger = Object.hasOwn(triggers, one) ? triggers[one] : undefined;
      return trigger ? [{ agent, input: trigger.input }] : [];
    });
  const seen = new Set<string>();
  const next = following(name).map(({ agent }) => agent);
  for (let agent = next.shift(); agent !== undefined; agent = next.shift()) {
    if (agent === name)
      return { ok: false, problem: `after: ${[name, ...seen].join(', ')} would start each other for ever` };
    if (seen.has(agent)) continue;
    seen.add(agent);
    next.push(...following(agent).map((one) => one.agent));
  }
  return { ok: true, dependents: following(name) };
}

/** The whole folder is read for each start, and agents may start by the hundred. */
const readAfter = coalesced(readAfterNow);

async function readAfterNow(agentsDir: string): Promise<Map<string, Record<string, { input: string }>>> {
  const files = (await readdir(agentsDir)).filter((file) => file.endsWith('.md')).toSorted();
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readDefinitionText(agentsDir, file).catch(() => '');
      const parsed = saysAfter.test(text) ? parsedDefinition(text, file) : undefined;
      return parsed?.ok === true ? [[parsed.definition.name, parsed.triggers.after] as const] : [];
    }),
  );
  return new Map(found.flat());
}
