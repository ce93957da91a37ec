import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Json, type JsonObject } from '../../contracts/json.ts';
import { isTooDeep, MAX_RESULT_DEPTH } from '../../contracts/payload-converter.ts';
import { canonicalJson } from '../../core/hash.ts';
import { beginning } from '../../core/text.ts';
import { ToolError } from '../../tools/define-tool.ts';

/** What a tool says of its own failure is read by models and people. */
const MAX_ERROR_CHARS = 2_000;

type Block = CallToolResult['content'][number];

/** A result as the model reads it, with its source. What only a screen or a loudspeaker could show is counted, not kept. */
export function resultOf(
  server: string,
  { content, structuredContent, isError }: CallToolResult,
): JsonObject {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  if (isError === true)
    throw new ToolError(
      'ToolFailed',
      beginning(text || `${server} says that it failed, not why`, MAX_ERROR_CHARS),
    );
  const structured = isTooDeep(structuredContent, MAX_RESULT_DEPTH)
    ? 'nested too deeply to be kept'
    : Json.optional().parse(structuredContent);
  const parts = content.flatMap(otherPart);
  return {
    server,
    ...(structured === undefined ? {} : { structured }),
    // Most servers repeat as text what they give as data.
    ...(structured !== undefined && isSame(text, structured) ? {} : { text }),
    ...(parts.length === 0 ? {} : { parts }),
  };
}

function isSame(text: string, structured: Json): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(structured);
  } catch {
    return false;
  }
}

function otherPart(block: Block): JsonObject[] {
  switch (block.type) {
    case 'text':
      return [];
    case 'image':
    case 'audio':
      return [{ type: block.type, mimeType: block.mimeType, base64Chars: block.data.length }];
    case 'resource_link':
      return [{ type: block.type, uri: block.uri, name: block.name }];
    case 'resource': {
      const { resource } = block;
      const { uri } = resource;
      if ('text' in resource) return [{ type: block.type, uri, text: resource.text }];
      return [{ type: block.type, uri, base64Chars: resource.blob.length }];
    }
  }
}
