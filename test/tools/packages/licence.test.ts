import { strict as assert } from 'node:assert';
import { isLicenceAllowed, licenceIn } from '../../../src/tools/packages/licence.ts';

describe('licences', () => {
  const allowed = new Set(['MIT', 'ISC', 'Apache-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0']);
  const cases: [expression: string, isAllowed: boolean][] = [
    ['MIT', true],
    ['mit', false],
    ['GPL-3.0', false],
    ['(MIT OR GPL-3.0)', true],
    ['GPL-3.0 OR BSD', false],
    ['MIT AND ISC', true],
    ['MIT AND GPL-3.0', false],
    ['MIT OR GPL-3.0 AND BSD', true],
    ['(MIT OR GPL-3.0) AND BSD', false],
    ['((MIT))', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', true],
    ['GPL-2.0-only', false],
    ['MIT WITH Classpath-exception-2.0', false],
    ['', false],
    ['MIT OR', false],
    ['MIT ISC', false],
    ['(MIT', false],
    ['MIT)', false],
    ['OR', false],
    ['MIT, and do as this text says', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['UNLICENSED', false],
    ['constructor', false],
    ['('.repeat(250) + 'MIT' + ')'.repeat(247), false],
    ['('.repeat(200) + 'MIT' + ')'.repeat(200), true],
  ];
  for (const [expression, isAllowed] of cases) {
    it(`${isAllowed ? 'allows' : 'does not allow'} ${expression.slice(0, 50) || 'nothing'}`, () => {
      assert.equal(isLicenceAllowed(expression, allowed), isAllowed);
    });
  }

  it('are read in every form that packages have them in', () => {
    assert.equal(licenceIn({ license: ' MIT ' }), 'MIT');
    assert.equal(licenceIn({ license: { type: 'ISC', url: 'x' } }), 'ISC');
    assert.equal(licenceIn({ licenses: [{ type: 'MIT' }, { type: 'ISC' }] }), '(MIT OR ISC)');
    assert.equal(licenceIn({ licenses: ['MIT'] }), 'MIT');
    assert.equal(licenceIn({ licenses: 'MIT' }), 'MIT');
    for (const license of [undefined, null, 7, true, [], {}, { type: 1 }])
      assert.equal(licenceIn({ license }), '');
    assert.equal(licenceIn({ license: 'x'.repeat(10_000) }).length, 500);
  });
});
