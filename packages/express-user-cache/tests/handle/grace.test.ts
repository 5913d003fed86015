import { describe, expect, it } from 'vitest';
import { MemoryStore, userCache } from '../../src/index.js';
import { deployments } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { FaultyStore } from '../support/faulty-store.js';
import { held } from '../support/held.js';

const namespaces = { a: { ttl: '10s', grace: '1m' }, strict: { ttl: '10s' } } as const;
const failure = new Error('the database is down');
const failing = (): Promise<never> => Promise.reject(failure);

function start() {
  const clock = { now: 1_000_000 };
  const store = new FaultyStore(new MemoryStore({ now: () => clock.now }));
  const cache = userCache({ store, namespaces, jitter: 0, now: () => clock.now });
  return { clock, store, cache, alice: cache.forUser('alice') };
}

describe('grace', () => {
  it('serves the expired value where the load throws, and says so', async () => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    const events = await eventsDuring(async () => {
      expect(await alice.getOrSet(['a', 1], failing)).toBe('old');
    });
    expect(events).toContainEqual({ type: 'grace', namespace: 'a' });
    expect(await alice.getOrSet(['a', 1], () => 'new')).toBe('new');
  });

  it('keeps the entry for that long after its TTL', async () => {
    const { store, alice } = start();
    await alice.getOrSet(['a', 1], () => 'loaded');
    await alice.set(['a', 1], 'set', { grace: '2m' });
    await alice.writeThrough(['strict'], () => 'written');
    expect(store.fills.map(({ ttl }) => ttl)).toEqual([70_000, 130_000, 10_000]);
    expect(store.fills.map(({ expiresAt }) => expiresAt)).toEqual([1_010_000, 1_010_000, 1_010_000]);
  });

  it('is not asked where the load succeeds, and get() never serves what has expired', async () => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    expect(await alice.get(['a', 1])).toBeUndefined();
    expect(await alice.getOrSet(['a', 1], () => 'new')).toBe('new');
  });

  it('ends so long after the TTL', async () => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 69_999;
    expect(await alice.getOrSet(['a', 1], failing)).toBe('old');
    clock.now += 1;
    await expect(alice.getOrSet(['a', 1], failing)).rejects.toBe(failure);
  });

  it('is what the call says, else what the namespace says, else none', async () => {
    const { clock, alice } = start();
    for (const namespace of ['a', 'strict'] as const) await alice.set([namespace], 'old');
    clock.now += 20_000;
    await expect(alice.getOrSet(['strict'], failing)).rejects.toBe(failure);
    expect(await alice.getOrSet(['strict'], failing, { grace: '10001ms' })).toBe('old');
    await expect(alice.getOrSet(['a'], failing, { grace: 0 })).rejects.toBe(failure);
    await expect(alice.getOrSet(['a'], failing, { grace: -1 })).rejects.toMatchObject({ code: 'ERR_UC_BAD_TTL' });
  });

  it.each([
    ['before the load', 'before'],
    ['while the load ran', 'during'],
  ])('never serves what was invalidated %s', async (_, when) => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    if (when === 'before') await alice.invalidate(['a']);
    const load = held<string>();
    const reading = alice.getOrSet(['a', 1], load.load);
    await load.started;
    if (when === 'during') await alice.invalidate(['a']);
    load.fail(failure);
    await expect(reading).rejects.toBe(failure);
  });

  it('serves nothing where the store cannot say whether it was invalidated', async () => {
    const { clock, store, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    const load = held<string>();
    const reading = alice.getOrSet(['a', 1], load.load);
    await load.started;
    store.goDown();
    load.fail(failure);
    await expect(reading).rejects.toBe(failure);
  });

  it('is for everybody who joined the load', async () => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    const load = held<string>();
    const reads = [alice.getOrSet(['a', 1], load.load)];
    await load.started;
    reads.push(alice.getOrSet(['a', 1], failing, { grace: 0 }), alice.getOrSet(['a', 1], failing));
    await alice.get(['a', 1]);
    load.fail(failure);
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('is not for a value that is wrong', async () => {
    const { clock, alice } = start();
    await alice.set(['a', 1], 'old');
    clock.now += 10_000;
    await expect(alice.getOrSet(['a', 1], () => 1n)).rejects.toMatchObject({ code: 'ERR_UC_NOT_SERIALISABLE' });
  });
});

describe.each(deployments)('an entry with grace on $name', ({ start: startFleet }) => {
  it('is still there after its TTL', async () => {
    const fleet = startFleet();
    const cache = fleet.process();
    try {
      await cache.ready();
      const alice = cache.forUser('alice');
      await alice.set(['profile'], 'old', { ttl: '1ms', grace: '1m' });
      await expect.poll(() => alice.get(['profile'])).toBeUndefined();
      expect(await alice.getOrSet(['profile'], failing, { grace: '1m' })).toBe('old');
    } finally {
      await fleet.close();
    }
  });
});
