import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { type SearchAttributeName, searchAttributeTypes } from '../contracts/search-attributes.ts';
import { messageOf } from './connection.ts';
import { ConfigurationError } from './environment.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const wireTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
} as const;

/** The agents' search attributes in the form in which a server is asked to add them. */
export function searchAttributesToAdd(names: readonly SearchAttributeName[]) {
  return Object.fromEntries(names.map((name) => [name, wireTypeOf(name)]));
}

function wireTypeOf(name: SearchAttributeName) {
  return wireTypes[searchAttributeTypes[name]];
}

export const searchAttributeNames = Object.keys(searchAttributeTypes) as SearchAttributeName[]; // The keys of this very record.

/**
 * Makes sure that the namespace has the agents' search attributes: a missing one would fail every workflow task for
 * ever, and so would one of another type. Creates what is missing, or fails with the exact commands where that is not allowed.
 */
export async function ensureSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const present = await presentAttributes(connection, namespace);
  const wrong = searchAttributeNames.filter((name) => name in present && present[name] !== wireTypeOf(name));
  if (wrong.length > 0) {
    const commands = wrong.flatMap((name) => [
      commandFor('remove', namespace, name),
      creation(namespace, name),
    ]);
    throw new ConfigurationError(
      `search attributes of the namespace ${namespace} have another type than agents need: ${wrong.join(', ')}. Run: ${commands.join(' && ')}`,
    );
  }
  const missing = searchAttributeNames.filter((name) => !(name in present));
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: searchAttributesToAdd(missing),
    });
  } catch (error) {
    const commands = missing.map((name) => creation(namespace, name));
    throw new ConfigurationError(
      `search attributes are missing and could not be created (${messageOf(error)}). Run: ${commands.join(' && ')}`,
    );
  }
  return missing;
}

/** The first that a worker asks of the server about its namespace, so that it hears here if there is none. */
async function presentAttributes(
  { operatorService }: NativeConnection,
  namespace: string,
): Promise<Record<string, proto.temporal.api.enums.v1.IndexedValueType>> {
  try {
    return (await operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    throw new ConfigurationError(
      `the search attributes of the namespace ${namespace} can't be read (${messageOf(error)}). Correct TEMPORAL_NAMESPACE, or create it: temporal operator namespace create -n ${namespace}`,
    );
  }
}

function commandFor(verb: 'create' | 'remove', namespace: string, name: SearchAttributeName): string {
  return `temporal operator search-attribute ${verb} --namespace ${namespace} --name ${name}`;
}

function creation(namespace: string, name: SearchAttributeName): string {
  return `${commandFor('create', namespace, name)} --type ${searchAttributeTypes[name]}`;
}
