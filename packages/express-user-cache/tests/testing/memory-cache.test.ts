import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { fakeClock, held, memoryCache } from '../../src/testing/index.js';

describe('a cache with a clock of its own', () => {
  const namespaces = { profile: { ttl: '10m', schema: z.object({ name: z.string() }) } } as const;

  it('expires exactly when its TTL says', async () => {
    const cache = memoryCache({ namespaces });
    const alice = cache.forUser('alice');
    await alice.set(['profile'], { name: 'Alice' });
    cache.clock.advance(10 * 60_000 - 1);
    expect(await alice.get(['profile'])).toEqual({ name: 'Alice' });
    cache.clock.advance(1);
    expect(await alice.get(['profile'])).toBeUndefined();
  });

  it('is typed as userCache is', async () => {
    const cache = memoryCache({ namespaces, shared: { config: { ttl: 'long' } } });
    expectTypeOf(await cache.forUser(1).get(['profile'])).toEqualTypeOf<{ name: string } | undefined>();
    // @ts-expect-error: not a namespace
    await expect(cache.forUser(1).get(['config'])).rejects.toMatchObject({ code: 'ERR_UC_UNKNOWN_NAMESPACE' });
    expect(await cache.shared.getOrSet(['config'], () => 1)).toBe(1);
  });

  it('shares a clock with others', async () => {
    const clock = fakeClock(0);
    const [one, two] = [memoryCache({ namespaces, clock }), memoryCache({ namespaces, clock })];
    await one.forUser('alice').set(['profile'], { name: 'Alice' });
    two.clock.advance('1h');
    expect(clock.now()).toBe(3_600_000);
    expect(await one.forUser('alice').get(['profile'])).toBeUndefined();
  });

  it('lifts the hold of a writer that never ends, by that clock', async () => {
    const cache = memoryCache({ namespaces });
    const alice = cache.forUser('alice');
    const write = held<undefined>();
    const writing = alice.mutate(['profile'], write.load);
    await write.started;
    await alice.getOrSet(['profile'], () => ({ name: 'before' }));
    expect(await alice.get(['profile'])).toBeUndefined();
    cache.clock.advance('30s');
    await alice.getOrSet(['profile'], () => ({ name: 'after' }));
    expect(await alice.get(['profile'])).toEqual({ name: 'after' });
    expect(write.calls()).toBe(1);
    write.fail(new Error('too late'));
    await expect(writing).rejects.toThrow('too late');
  });

  it('does not move by what is no duration', () => {
    expect(() => {
      fakeClock().advance(-1);
    }).toThrow(expect.objectContaining({ code: 'ERR_UC_BAD_TTL' }) as Error);
  });
});
