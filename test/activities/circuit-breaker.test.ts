import assert from 'node:assert/strict';
import {
  type CallEnd,
  CircuitBreaker,
  FAILURES_TO_OPEN,
  type Leave,
  OPEN_FIRST_MS,
  OPEN_MAX_MS,
} from '../../src/activities/circuit-breaker.ts';

describe('a circuit breaker', () => {
  let now: number;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    now = 1_000;
    breaker = new CircuitBreaker(() => now);
  });

  function leave(options: { insist?: boolean } = {}): Leave {
    const answer = breaker.ask(options);
    return 'end' in answer ? answer : assert.fail(`refused for ${answer.retryAfterMs} ms`);
  }
  function refusal(): number {
    const answer = breaker.ask();
    return 'end' in answer ? assert.fail('it let the call through') : answer.retryAfterMs;
  }
  function call(how: CallEnd): void {
    leave().end(how);
  }
  function open(): void {
    for (let failure = 0; failure < FAILURES_TO_OPEN; failure += 1) call('ill');
  }

  it('opens after some failures in a row, and says how long it stays open', () => {
    open();
    assert.equal(refusal(), OPEN_FIRST_MS);
    now += 5_000;
    assert.equal(refusal(), OPEN_FIRST_MS - 5_000);
  });

  it('stays closed while the server answers between failures', () => {
    for (let round = 0; round < 10; round += 1) {
      for (let failure = 1; failure < FAILURES_TO_OPEN; failure += 1) call('ill');
      call('answered');
    }
    leave();
  });

  it('counts no call that was called off', () => {
    for (let round = 0; round < 10; round += 1) call('unknown');
    for (let failure = 1; failure < FAILURES_TO_OPEN; failure += 1) call('ill');
    call('unknown');
    leave();
  });

  it('counts calls that run side by side', () => {
    const leaves = Array.from({ length: FAILURES_TO_OPEN }, () => leave());
    for (const { end } of leaves) end('ill');
    refusal();
  });

  it('lets one call probe after the pause, and refuses the others until that has ended', () => {
    open();
    now += OPEN_FIRST_MS;
    const probe = leave();
    assert.equal(refusal(), OPEN_FIRST_MS);
    now += 10 * OPEN_MAX_MS;
    refusal();
    probe.end('answered');
    leave();
    leave();
  });

  it('stays open twice as long with each probe that fails, up to a bound', () => {
    open();
    const pauses = Array.from({ length: 8 }, () => {
      now += refusal();
      call('ill');
      return refusal();
    });
    assert.deepEqual(pauses.slice(0, 3), [30_000, 60_000, 120_000]);
    assert.equal(pauses.at(-1), OPEN_MAX_MS);
  });

  it('gives the probe to the next call when it was called off', () => {
    open();
    now += OPEN_FIRST_MS;
    call('unknown');
    const probe = leave();
    refusal();
    probe.end('ill');
    assert.equal(refusal(), 2 * OPEN_FIRST_MS);
  });

  it('lets who insists through at once; its answer closes, its failure opens for longer', () => {
    open();
    leave({ insist: true }).end('ill');
    assert.equal(refusal(), 2 * OPEN_FIRST_MS);
    leave({ insist: true }).end('answered');
    leave();
  });

  it('lets who insists through beside a probe, which goes on to count', () => {
    open();
    now += OPEN_FIRST_MS;
    const probe = leave();
    leave({ insist: true }).end('ill');
    leave({ insist: true }).end('unknown');
    refusal();
    probe.end('ill');
    assert.equal(refusal(), 2 * OPEN_FIRST_MS);
  });

  it('hears of late failures nothing new, but believes a late answer', () => {
    const [late, good] = [leave(), leave()];
    open();
    now += 1;
    late.end('ill');
    assert.equal(refusal(), OPEN_FIRST_MS - 1);
    good.end('answered');
    leave();
  });
});
