import { describe, expect, it } from 'vitest';
import { PATIENCE, prove, sized } from '../../support/proof.js';
import { describeWithRedis } from '../../support/redis.js';
import { type Event, judge } from './history.js';
import { PROCESSES, race } from './race.js';

const milliseconds = sized(4_000, 60_000);

describeWithRedis('processes that race over one Redis', () => {
  it('read nothing stale and nothing foreign', { timeout: PATIENCE }, async () => {
    const { reads, writes, violations } = await prove('race', `${PROCESSES} processes`, async () => {
      const verdict = await race({ subject: new URL('subjects/guarded.mjs', import.meta.url), milliseconds });
      return { ...verdict, runs: verdict.reads, violations: verdict.stale + verdict.foreign };
    });
    expect(violations).toBe(0);
    expect(reads).toBeGreaterThan(sized(1_000, 100_000));
    expect(writes).toBeGreaterThan(100);
  });

  it('read stale data with plain cache-aside: the race is one', { timeout: PATIENCE }, async () => {
    const { stale } = await prove('race', 'plain cache-aside, to compare', async () => {
      const verdict = await race({ subject: new URL('subjects/plain.mjs', import.meta.url), milliseconds });
      return { ...verdict, runs: verdict.reads, violations: verdict.stale, compared: true };
    });
    expect(stale).toBeGreaterThan(sized(20, 1_000));
  });
});

describe('the judge of histories', () => {
  const call = (kind: Event['kind'], start: number, end: number, version: number): Event => ({
    kind,
    user: 'u',
    key: 1,
    start,
    end,
    version,
  });

  it.each<readonly [string, Event[], number]>([
    ['a read of what was acknowledged before it', [call('write', 1, 5, 1), call('read', 6, 7, 1)], 0],
    ['a read of a later version', [call('write', 1, 5, 1), call('read', 6, 7, 2)], 0],
    ['a read that began before the acknowledgement', [call('write', 1, 5, 1), call('read', 4, 7, 0)], 0],
    ['a read of less', [call('write', 1, 5, 1), call('read', 6, 7, 0)], 1],
    [
      'a read of less after two writes that were acknowledged out of order',
      [call('write', 1, 5, 2), call('write', 1, 6, 1), call('read', 7, 8, 1)],
      1,
    ],
  ])('%s', (_, events, stale) => {
    expect(judge(events).stale).toBe(stale);
  });

  it('says how late the latest of them was', () => {
    const writes = [call('write', 0, 1_000, 1), call('write', 0, 9_000, 2)];
    expect(judge([...writes, call('read', 4_000, 4_500, 0), call('read', 9_500, 9_900, 1)]).longest).toBe(3);
  });
});
