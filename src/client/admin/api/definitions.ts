import { basename } from 'node:path';
import * as z from 'zod';
import { type ReadDefinition, readDefinitions } from '../../read-definitions.ts';
import { operation } from './operation.ts';

const ListedDefinition = z.union([
  z.object({
    file: z.string(),
    name: z.string(),
    description: z.string(),
    models: z.array(z.string()),
    lifetime: z.enum(['task', 'persistent']),
    tools: z.array(z.string()),
    hash: z.string(),
  }),
  /** One with mistakes. */
  z.object({
    file: z.string(),
    problems: z.array(z.object({ line: z.int(), field: z.string(), message: z.string() })),
  }),
]);

export const definitionOperations = [
  operation({
    id: 'listDefinitions',
    method: 'get',
    path: '/definitions',
    summary: 'Definitions that agents can be started from, as they are where the admin server runs',
    answer: z.object({ definitions: z.array(ListedDefinition) }),
    perform: async (_asked, { agentsDir }) => ({
      definitions: (await readDefinitions(agentsDir)).map(listed),
    }),
  }),
];

/** Where the folder is on the server's disk is nobody's business. */
function listed(read: ReadDefinition): z.input<typeof ListedDefinition> {
  const file = basename(read.file);
  if (!read.ok) return { file, problems: [...read.problems] };
  const { name, description, models, lifetime, tools, hash } = read.definition;
  return { file, name, description, models, lifetime, tools: Object.keys(tools), hash };
}
