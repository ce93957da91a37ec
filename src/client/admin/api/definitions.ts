import { basename } from 'node:path';
import { DefinitionList, type ListedDefinition } from '../../../contracts/answers.ts';
import { type ReadDefinition, readDefinitions } from '../../read-definitions.ts';
import { operation } from './operation.ts';

export const definitionOperations = [
  operation({
    id: 'listDefinitions',
    method: 'get',
    path: '/definitions',
    summary: 'Definitions that agents can be started from, as they are where the admin server runs',
    answer: DefinitionList,
    perform: async (_asked, { agentsDir }) => ({
      definitions: (await readDefinitions(agentsDir)).map(listed),
    }),
  }),
];

/** Where the folder is on the server's disk is nobody's business. */
function listed(read: ReadDefinition): ListedDefinition {
  const file = basename(read.file);
  if (!read.ok) return { file, problems: [...read.problems] };
  const { name, description, models, lifetime, tools, hash } = read.definition;
  return { file, name, description, models, lifetime, tools: Object.keys(tools), hash };
}
