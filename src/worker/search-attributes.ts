import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { type SearchAttributeName, searchAttributeTypes } from '../contracts/search-attributes.ts';
import { ConfigurationError } from './environment.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const wireTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
} as const;

/** The agents' search attributes in the form in which a server is asked to add them. */
export function searchAttributesToAdd(names: readonly SearchAttributeName[]) {
  return Object.fromEntries(names.map((name) => [name, wireTypes[searchAttributeTypes[name]]]));
}

export const searchAttributeNames = Object.keys(searchAttributeTypes) as SearchAttributeName[]; // The keys of this very record.

/**
 * Makes sure that the namespace has the agents' search attributes: a missing one would fail every workflow task for
 * ever. Creates what is missing, or fails with the exact commands where that is not allowed.
 */
export async function ensureSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributeNames.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: searchAttributesToAdd(missing),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const commands = missing.map(
      (name) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${searchAttributeTypes[name]}`,
    );
    throw new ConfigurationError(
      `search attributes are missing and could not be created (${reason}). Run: ${commands.join(' && ')}`,
    );
  }
  return missing;
}
