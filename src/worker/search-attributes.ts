import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { searchAttributeTypes } from '../contracts/search-attributes.ts';
import { ConfigurationError } from './environment.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const wireTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
} as const;

/**
 * Makes sure that the namespace has the agents' search attributes: a missing one would fail every workflow task for
 * ever. Creates what is missing, or fails with the exact commands where that is not allowed.
 */
export async function ensureSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, wireTypes[type]])),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const commands = missing.map(
      ([name, type]) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`,
    );
    throw new ConfigurationError(
      `search attributes are missing and could not be created (${reason}). Run: ${commands.join(' && ')}`,
    );
  }
  return missing.map(([name]) => name);
}
