import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import { ToolError } from '../define-tool.ts';

/** Deeper than any UBL document, which stays below 15; a parser's stack is finite. */
const maxDepth = 40;

/** More tags than an invoice with a thousand lines has; bounds the memory that parsing takes. */
const maxTags = 200_000;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  alwaysCreateTextNode: true,
  // White space is collapsed later; trimmed here, the words around a comment would run together.
  trimValues: false,
  // Each element in a list, so that a second one where one is expected is noticed rather than merged.
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: maxDepth,
  // This is the library's switch for character references as well; a document type was refused before. Its successor wants a whole decoder.
  // oxlint-disable-next-line typescript/no-deprecated
  htmlEntities: true,
});

type Node = string | readonly unknown[] | Readonly<Record<string, unknown>>;
const Node: z.ZodType<Node> = z.union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown())]);

/** One element of a document, names without their namespace prefix. Every error names the element by its path. */
export class XmlElement {
  readonly path: string;
  readonly #node: Readonly<Record<string, unknown>>;

  constructor(path: string, node: unknown) {
    this.path = path;
    this.#node = z.record(z.string(), z.unknown()).parse(node);
  }

  /** The text with white space collapsed; an element that has children has none. */
  get text(): string {
    if (Object.keys(this.#node).some((name) => !name.startsWith('@') && name !== '#text')) {
      throw new ToolError('Invalid', `${this.path} should hold text, not elements`);
    }
    return this.#string('#text').replace(/\s+/gu, ' ').trim();
  }

  attribute(name: string): string {
    return this.#string(`@${name}`);
  }

  #string(name: string): string {
    const value = this.#node[name];
    return typeof value === 'string' ? value : '';
  }

  all(name: string): XmlElement[] {
    const nodes = Object.hasOwn(this.#node, name) ? z.array(z.unknown()).parse(this.#node[name]) : [];
    return nodes.map((node, index) => {
      const position = nodes.length > 1 ? `[${index + 1}]` : '';
      return new XmlElement(`${this.path}/${name}${position}`, node);
    });
  }

  /** The element at the end of a path of children, each of which may be there at most once. */
  // oxlint-disable-next-line typescript/prefer-return-this-type -- Mostly it is another element.
  find(...names: readonly string[]): XmlElement | undefined {
    const [name, ...rest] = names;
    if (name === undefined) return this;
    const [first, second] = this.all(name);
    if (second !== undefined) throw new ToolError('Invalid', `${this.path}/${name} is there more than once`);
    return first?.find(...rest);
  }

  require(...names: readonly string[]): XmlElement {
    const found = this.find(...names);
    if (found === undefined) throw new ToolError('Invalid', `${this.path}/${names.join('/')} is missing`);
    return found;
  }

  /** The text at the end of a path, or the empty string where there is none. */
  textAt(...names: readonly string[]): string {
    return this.find(...names)?.text ?? '';
  }

  requireText(...names: readonly string[]): string {
    const found = this.require(...names);
    if (found.text === '') throw new ToolError('Invalid', `${found.path} is empty`);
    return found.text;
  }
}

/** The number of times that `<` occurs, counted no further than matters. */
function countTags(text: string): number {
  let count = 0;
  for (let at = text.indexOf('<'); at >= 0 && count <= maxTags; at = text.indexOf('<', at + 1)) count += 1;
  return count;
}

/**
 * Parses a document that may come from an enemy and returns its root. Document types, and with them every entity that
 * a document could define, are refused: they serve attacks (external files, expansion) and no invoice needs them.
 */
export function parseXml(text: string, path: string): XmlElement {
  if (/<!DOCTYPE|<!ENTITY/iu.test(text)) {
    throw new ToolError('Invalid', `${path} declares a document type, which is refused`);
  }
  if (countTags(text) > maxTags) throw new ToolError('Invalid', `${path} has more than ${maxTags} tags`);
  let document: Node;
  try {
    // The parser alone forgives tags that don't match, so the text is validated as well. The library plans to move its
    // validator to a package of its own; until then the one that comes with the parser is the one that agrees with it.
    // oxlint-disable-next-line typescript/no-deprecated
    document = Node.parse(parser.parse(text, true));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]?.slice(0, 200) : 'not XML';
    throw new ToolError('Invalid', `${path} is not well-formed XML: ${reason ?? ''}`);
  }
  const roots = Object.entries(document).filter(([name]) => name !== '#text');
  const [name, nodes] = roots[0] ?? [];
  if (name === undefined || roots.length > 1 || !Array.isArray(nodes) || nodes.length !== 1) {
    throw new ToolError('Invalid', `${path} must have exactly one root element`);
  }
  return new XmlElement(name, nodes[0]);
}
