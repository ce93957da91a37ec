import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument } from '../../src/client/admin/api/openapi.ts';
import { operations } from '../../src/client/admin/api/operations.ts';
import { permissions } from '../../src/client/admin/permissions.ts';

describe('the OpenAPI document', () => {
  const document = openApiDocument(operations, '1.0.0');

  it('is one', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
  });

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference ?? '');
    assert.ok(references.length > 50);
    for (const reference of new Set(references)) {
      let found: unknown = document;
      for (const part of reference.replace(/^#\//, '').split('/'))
        found = (found as Record<string, unknown> | undefined)?.[part];
      assert.ok(found !== undefined, reference);
    }
  });

  it('has every operation once, and each has a role', () => {
    const ids = [
      ...operations.map(({ id }) => id as string),
      'followAgents',
      'followAgent',
      'showAudit',
      'signOut',
    ];
    assert.deepEqual(ids.toSorted(), Object.keys(permissions).toSorted());
    const { paths } = document as { paths: Record<string, Record<string, { operationId: string }>> };
    const described = Object.values(paths).flatMap((path) => Object.values(path));
    assert.deepEqual(
      described.map(({ operationId }) => operationId).toSorted(),
      [...ids, 'signIn'].toSorted(),
    );
  });
});
