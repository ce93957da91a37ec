import { Json } from '../../contracts/json.ts';
import { GatewayError } from '../gateway-error.ts';

/** Deeper than any message that people write; parsers that call themselves run out of stack far later. */
const MAX_DEPTH = 64;

/** The JSON of a request's body. Fails `Invalid`. */
export function readPayload(text: string): Json {
  if (depthOf(text) > MAX_DEPTH)
    throw new GatewayError('Invalid', `The body is nested more than ${MAX_DEPTH} deep.`);
  const parsed = Json.safeParse(parse(text));
  if (!parsed.success) throw new GatewayError('Invalid', 'The body is not JSON.');
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words repeat parts of the body.
    throw new GatewayError('Invalid', 'The body is not JSON.');
  }
}

/** How deep brackets are nested outside of texts, without calling itself. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isText) {
      if (character === '\\') at += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
