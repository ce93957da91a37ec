import assert from 'node:assert/strict';
import * as z from 'zod';
import { contextOf, removeTemporaryFolders, run, temporaryFolder } from './support.ts';

const Page = z.object({ content: z.string(), nextOffset: z.int().optional(), totalChars: z.int() });

describe('read_artifact', () => {
  afterEach(removeTemporaryFolders);

  const text = `{"rows":"${'a漢😀'.repeat(20_000)}"}`;
  const context = () => ({
    ...contextOf(temporaryFolder()),
    readArtifact: (artifact: string) => Promise.resolve(artifact === 'known' ? text : undefined),
  });

  it('pages through the whole of it and cuts no character in half', async () => {
    let read = '';
    let offset: number | undefined = 0;
    for (let pages = 0; offset !== undefined; pages += 1) {
      assert.ok(pages < 20);
      const page = Page.parse(await run('read_artifact', { artifact: 'known', offset }, context()));
      assert.ok(page.content.isWellFormed() && page.content.length > 0);
      assert.equal(page.totalChars, text.length);
      read += page.content;
      offset = page.nextOffset;
    }
    assert.equal(read, text);
  });

  it('says what is wrong: not one of its own, or beyond the end', async () => {
    await assert.rejects(run('read_artifact', { artifact: 'f'.repeat(64) }, context()), { type: 'NotFound' });
    const beyond = { artifact: 'known', offset: text.length + 1 };
    await assert.rejects(run('read_artifact', beyond, context()), /has only \d+ characters/);
  });
});
