import { parseDefinitionFile } from '../core/definition-file.ts';
import { memoized } from '../core/memoized.ts';

const MAX_KEPT = 100;

/** Agents are many and their definitions few: what a file says is parsed once as long as it says the same. */
export const parsedDefinition = memoized(MAX_KEPT, parseDefinitionFile);
