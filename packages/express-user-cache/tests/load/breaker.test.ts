import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../src/load/breaker.js';
import { eventsDuring } from '../support/events.js';

describe('the breaker', () => {
  let now: number;
  let breaker: Breaker;
  const fail = (times: number): void => {
    for (let i = 0; i < times; i++) breaker.failed();
  };
  beforeEach(() => {
    now = 1_000_000;
    breaker = new Breaker(() => now);
  });

  it('opens at the fifth failure in a row', () => {
    fail(4);
    expect(breaker.allows()).toBe(true);
    fail(1);
    expect(breaker.allows()).toBe(false);
  });

  it('stays closed where an answer comes in between', () => {
    fail(4);
    breaker.succeeded();
    fail(4);
    expect(breaker.allows()).toBe(true);
  });

  it('stays closed where five failures take longer than a second', () => {
    fail(4);
    now += 1_001;
    fail(4);
    expect(breaker.allows()).toBe(true);
    fail(1);
    expect(breaker.allows()).toBe(false);
  });

  it('lets one probe through after a second, and after every further second', () => {
    fail(5);
    now += 999;
    expect(breaker.allows()).toBe(false);
    for (let second = 0; second < 3; second++) {
      now += second === 0 ? 1 : 1_000;
      expect(breaker.allows()).toBe(true);
      expect(breaker.allows()).toBe(false);
      breaker.failed();
      expect(breaker.allows()).toBe(false);
    }
  });

  it('closes at the first answer', () => {
    fail(5);
    expect(breaker.succeeded()).toBe(true);
    expect(breaker.succeeded()).toBe(false);
    expect(breaker.allows()).toBe(true);
    fail(4);
    expect(breaker.allows()).toBe(true);
  });

  it('is not kept open by a clock that was set back', () => {
    fail(5);
    now -= 3_600_000;
    expect(breaker.allows()).toBe(true);
  });

  it('says once that it opens and once that it closes', async () => {
    const events = await eventsDuring(() => {
      fail(9);
      breaker.succeeded();
      breaker.succeeded();
      return Promise.resolve();
    });
    expect(events).toEqual([{ type: 'breaker-open' }, { type: 'breaker-close' }]);
  });
});
