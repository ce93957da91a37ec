import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hrefOf, parseRoute } from '../../../src/client/web/route.ts';

const addressOf = (href: string) => {
  const { pathname, search } = new URL(href, 'http://127.0.0.1');
  return parseRoute(pathname, search);
};

/** What Temporal takes for an id, but for the parts of a path that a browser resolves by itself. */
const id = fc
  .string({ minLength: 1, unit: 'binary' })
  .filter((text) => text.isWellFormed() && text !== '.' && text !== '..');

describe('the addresses of the pages', () => {
  it('lead back to where they come from, whatever an id holds', () => {
    fc.assert(
      fc.property(id, id, (agent, approval) => {
        assert.deepEqual(addressOf(hrefOf({ page: 'agent', agent })), { page: 'agent', agent });
        const route = { page: 'approval', agent, approval } as const;
        assert.deepEqual(addressOf(hrefOf(route)), route);
      }),
    );
  });

  it('keep the filters of a list', () => {
    const filters = { status: 'waiting', definition: 'a&b=c' };
    assert.deepEqual(addressOf(hrefOf({ page: 'agents', filters })), { page: 'agents', filters });
  });

  it('may be anything that somebody types', () => {
    for (const path of ['/nothing', '/agents/a/b', '/agents//', '/agents/a/approvals/', '/%'])
      assert.equal(parseRoute(path, '').page, 'unknown', path);
    assert.deepEqual(parseRoute('/', '?view=nonsense'), { page: 'inbox', view: 'all' });
    assert.deepEqual(parseRoute('/agents/%E0%A4%A', ''), { page: 'agent', agent: '%E0%A4%A' });
  });
});
