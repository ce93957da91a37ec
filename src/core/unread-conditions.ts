import { conditionProblem } from './condition.ts';
import type { SpecificIssue } from './definition-issues.ts';

/**
 * Conditions that are none, in a definition whose form is wrong somewhere else, so that nobody knows what its parts are: whoever mends one
 * mistake should not learn of the next one only then. Conditions stand in the field `when` of whatever is below `tools`.
 */
export function conditionIssues(written: unknown): SpecificIssue[] {
  if (!isRecord(written)) return [];
  const { tools, delegation } = written;
  const granted = isRecord(delegation) && isRecord(delegation['agents']) ? delegation['agents'] : {};
  return [
    ...issuesBelow(tools, ['tools']),
    ...Object.entries(granted).flatMap(([agent, grant]) =>
      isRecord(grant) ? issuesBelow(grant['tools'], ['delegation', 'agents', agent, 'tools']) : [],
    ),
  ];
}

/** The deepest is a rule in the rules of a tool, which says what it is. */
const MAX_DEPTH = 4;

function issuesBelow(value: unknown, path: readonly PropertyKey[], depth = 0): SpecificIssue[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value))
    return value.flatMap((part, index) => issuesBelow(part, [...path, index], depth + 1));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, part]) => {
    const at = [...path, field];
    // A tool may bear the name, too: its rules are no text.
    if (depth === 0 || field !== 'when' || typeof part !== 'string') return issuesBelow(part, at, depth + 1);
    const message = conditionProblem(part);
    return message === undefined ? [] : [{ path: at, message }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
