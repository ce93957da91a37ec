import assert from 'node:assert/strict';
import { contextOf, put, removeTemporaryFolders, temporaryFolder } from '../../tools/support.ts';
import { countWords } from './count-words.ts';

describe('count_words', () => {
  afterEach(removeTemporaryFolders);

  it('counts the words of a file', async () => {
    const folder = temporaryFolder();
    put(folder, 'notes/a.txt', 'one  two\nthree\n');
    const context = contextOf(folder);
    assert.deepEqual(await countWords.run({ path: 'notes/a.txt' }, context), {
      path: 'notes/a.txt',
      words: 3,
    });
    await assert.rejects(countWords.run({ path: '../a.txt' }, context), { type: 'Forbidden' });
    await assert.rejects(countWords.run({ file: 'a.txt' }, context), { type: 'Invalid' });
  });
});
