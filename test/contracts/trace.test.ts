import assert from 'node:assert/strict';
import fc from 'fast-check';
import { carrierOf, contextOfCarrier } from '../../src/contracts/trace.ts';
import { contextInHeaders, withTraceHeader } from '../../src/contracts/trace-header.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => !/^0+$/.test(text));
const context = fc.record(
  { traceId: hex(32), spanId: hex(16), sampled: fc.boolean(), state: fc.constantFrom('a=1', 'b=2,c=3') },
  { requiredKeys: ['traceId', 'spanId'], noNullPrototype: true },
);

describe('the place in a trace that is handed along', () => {
  it('arrives as it was sent, decided on or not', () => {
    fc.assert(
      fc.property(context, (sent) => {
        assert.deepEqual(contextOfCarrier(carrierOf(sent)), sent);
        assert.deepEqual(contextInHeaders(withTraceHeader({}, sent)), sent);
      }),
    );
  });

  it('is read as others write it', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    assert.equal(contextOfCarrier({ traceparent })?.sampled, true);
    assert.equal(contextOfCarrier({ traceparent: `${traceparent}-more` })?.sampled, true);
  });

  for (const nonsense of [
    undefined,
    {},
    { traceparent: 'x' },
    { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
    { traceparent: 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    { traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'] },
  ])
    it(`is none if it is ${JSON.stringify(nonsense)}`, () => {
      assert.equal(contextOfCarrier(nonsense), undefined);
    });

  it('is none if the payload is not readable', () => {
    const data = new Uint8Array([0, 1]);
    for (const encoding of ['json/plain', 'binary/strange'])
      assert.equal(
        contextInHeaders({ '_tracer-data': { metadata: { encoding: Buffer.from(encoding) }, data } }),
        undefined,
      );
  });
});
