import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../../src/simulator');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

describe('the simulator as a stranger to the product', () => {
  it('imports nothing of the product but the start on the pinned Node', () => {
    assert.ok(files.length > 10);
    const outside = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => ({ file, target: relative(root, resolve(root, file, '..', name)) }))
        .filter(({ target }) => target.startsWith(`..${sep}`)),
    );
    assert.deepEqual(outside, [{ file: 'main.ts', target: join('..', 'runtime', 'pinned-node.ts') }]);
  });

  it('reads no file but a script', () => {
    const readers = files.filter((file) => importsOf(file).some((name) => /^(node:)?fs(\/|$)/.test(name)));
    assert.deepEqual(readers, ['script-file.ts']);
  });

  it('uses no package but zod', () => {
    const packages = files.flatMap(importsOf).filter((name) => !name.startsWith('.') && !isBuiltin(name));
    assert.deepEqual([...new Set(packages)], ['zod']);
  });

  it('decides by rules that use neither time nor chance', () => {
    for (const file of files.filter((name) => name.startsWith('rules'))) {
      assert.doesNotMatch(
        readFileSync(join(root, file), 'utf8'),
        /Date\.|Math\.random|process\.|node:/,
        file,
      );
    }
  });
});
