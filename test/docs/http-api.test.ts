import assert from 'node:assert/strict';
import * as z from 'zod';
import { operations } from '../../src/client/admin/api/operations.ts';
import { permissions } from '../../src/client/admin/permissions.ts';
import { readAdminEnvironment } from '../../src/client/admin/environment.ts';
import { failures, isFailureType } from '../../src/contracts/failures.ts';
import { Role } from '../../src/contracts/role.ts';
import { codes, page, rows, section } from './pages.ts';

describe('docs/http-api.md', () => {
  const text = page('http-api.md');
  const roles = section(text, '## Roles');

  it('has every operation with the role that it needs, and no other', () => {
    const said = rows(roles).map((row) => row.slice(0, 3).flatMap(codes).join(' '));
    const there = operations.map(
      ({ id, method, path }) => `${method.toUpperCase()} ${path} ${permissions[id]}`,
    );
    there.push(
      'GET /events viewer',
      'GET /agents/:id/events viewer',
      'GET /agents/:id/audit viewer',
      'DELETE /session viewer',
    );
    assert.deepEqual(said.toSorted(), there.toSorted());
    assert.deepEqual(codes(/those before it may: (.*)\. Too/.exec(roles)?.[1]), Role.options);
  });

  it('names every field of a query and of a body', () => {
    for (const [method, path, , what] of rows(roles)) {
      const operation = operations.find(
        (one) => one.method === codes(method)[0]?.toLowerCase() && one.path === codes(path)[0],
      );
      for (const schema of [operation?.query, operation?.body])
        if (schema instanceof z.ZodObject)
          for (const field of Object.keys(schema.shape))
            assert.ok(codes(what).includes(field), `${path}: ${field}`);
    }
  });

  it('says which requests take an Idempotency-Key', () => {
    const said = rows(section(text, '## Once')).flatMap(([request]) => codes(request));
    const taking = operations.filter(({ takesKey }) => takesKey === true);
    const names = taking.map(({ path }) => (path === '/agents' ? path : path.split('/').at(-1)));
    assert.deepEqual(said.toSorted(), names.toSorted());
  });

  it('says of every problem what the failure table says', () => {
    const said = rows(section(text, '## Problems')).flatMap(([status, when]) =>
      codes(when)
        .filter(isFailureType)
        .map((type) => ({ status: Number(status), type })),
    );
    assert.ok(said.length >= 11);
    for (const { status, type } of said) assert.equal(failures[type].httpStatus, status, type);
  });

  it('has the limit that there is unless told', () => {
    const { PERDURE_ADMIN_REQUESTS_PER_MINUTE: most } = readAdminEnvironment({});
    assert.ok(section(text, '## Limits').includes(`${most} requests a minute`));
  });
});
