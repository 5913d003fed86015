import { beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot, Store } from '../../src/index.js';
import { MemoryStore } from '../../src/index.js';
import type { UserCache } from '../../src/handle/user-cache.js';
import { userOwner } from '../../src/identity/owner.js';
import { fixedTo } from '../../src/identity/pin.js';
import { Copies } from '../../src/store/tiered/copies.js';
import { Proof } from '../../src/store/tiered/proof.js';
import { TieredStore } from '../../src/store/tiered/tiered-store.js';
import { coreOver, handleOver } from '../support/core.js';
import { eventsDuring } from '../support/events.js';
import { deferred, type Deferred } from '../support/held.js';

const MAX_STALE = 2_000;
const namespaces = { bounded: { ttl: '1h', l1: 'bounded' }, validated: { ttl: '1h', l1: 'validated' } } as const;

/** A store across a network: what it has done is not yet what the caller has heard. */
class RemoteStore extends MemoryStore implements Store {
  reads = 0;
  #held: Deferred<undefined> | undefined;
  #done: Deferred<undefined> | undefined;

  /** Holds the next answer; resolves when the store has done what it will answer. */
  hold(): Promise<undefined> {
    this.#held = deferred();
    this.#done = deferred();
    return this.#done.promise;
  }

  release(): void {
    this.#held?.resolve(undefined);
  }

  override async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    this.reads += 1;
    return this.#answered(await super.read(bucket, names));
  }

  override async invalidate(...args: Parameters<Store['invalidate']>): Promise<void> {
    await super.invalidate(...args);
    await this.#answered(undefined);
  }

  async #answered<T>(answer: T): Promise<T> {
    const held = this.#held;
    if (!this.#done || !held) return answer;
    this.#done.resolve(undefined);
    this.#done = undefined;
    await held.promise;
    return answer;
  }
}

describe.each(['bounded', 'validated'] as const)('copies that are %s', (namespace) => {
  const key = [namespace, 1] as const;
  let now: number;
  let remote: RemoteStore;
  let copies: Copies;
  let proof: Proof;
  let cacheOf: (user: string) => UserCache<typeof namespaces>;
  let elsewhere: UserCache<typeof namespaces>;
  /** What the bus says of an invalidation by another process. */
  let hear: () => void;

  beforeEach(() => {
    now = 1_000_000;
    remote = new RemoteStore();
    copies = new Copies(2 ** 20, () => now);
    proof = new Proof(copies, MAX_STALE, () => now);
    const options = { namespaces, now: () => now };
    const core = coreOver(new TieredStore(remote, copies), { copies, proof }, options);
    cacheOf = (user) => handleOver(core, fixedTo(userOwner(user)));
    elsewhere = handleOver(coreOver(remote, undefined, options), fixedTo(userOwner('alice')));
    hear = () => {
      proof.invalidated('alice', [`${namespace}:`], 'other-life.9');
    };
    proof.missed();
    proof.heard(now);
  });

  it('a read that an invalidation elsewhere overtook leaves no copy', async () => {
    await elsewhere.set(key, 'old');
    const read = remote.hold();
    const reading = cacheOf('alice').get(key);
    await read;
    await elsewhere.invalidate(key);
    hear();
    remote.release();
    expect(await reading).toBe('old');
    expect(await cacheOf('alice').get(key)).toBeUndefined();
  });

  it('a load that an invalidation elsewhere overtook leaves no copy', async () => {
    const value = await cacheOf('alice').getOrSet(key, async () => {
      await elsewhere.invalidate(key);
      hear();
      return 'old';
    });
    expect(value).toBe('old');
    expect(await cacheOf('alice').get(key)).toBeUndefined();
  });

  it('a read under way when the bus was found to have missed something leaves no copy', async () => {
    await elsewhere.set(key, 'old');
    const read = remote.hold();
    const reading = cacheOf('alice').get(key);
    await read;
    await elsewhere.invalidate(key);
    proof.missed();
    proof.heard(now);
    remote.release();
    expect(await reading).toBe('old');
    expect(await cacheOf('alice').get(key)).toBeUndefined();
  });

  it('an own invalidation is seen before it is answered', async () => {
    const alice = cacheOf('alice');
    await alice.getOrSet(key, () => 'old');
    expect(await alice.get(key)).toBe('old');
    const done = remote.hold();
    const invalidating = alice.invalidate(key);
    await done;
    expect(await alice.get(key)).toBeUndefined();
    remote.release();
    await invalidating;
  });

  it('a read that an own invalidation overtook leaves no copy', async () => {
    const alice = cacheOf('alice');
    await elsewhere.set(key, 'old');
    const read = remote.hold();
    const reading = alice.get(key);
    await read;
    await alice.invalidate(key);
    remote.release();
    await reading;
    expect(await alice.get(key)).toBeUndefined();
  });

  it('a read between the sending and the doing of an own invalidation leaves no copy', async () => {
    const alice = cacheOf('alice');
    await elsewhere.set(key, 'old');
    const invalidate = remote.invalidate.bind(remote);
    remote.invalidate = async (...args) => {
      await alice.get(key);
      await invalidate(...args);
    };
    await alice.invalidate(key);
    expect(await alice.get(key)).toBeUndefined();
  });

  it('an own invalidation that fails is forgotten all the same: it may have happened', async () => {
    const alice = cacheOf('alice');
    await elsewhere.set(key, 'old');
    const invalidate = remote.invalidate.bind(remote);
    remote.invalidate = async (...args) => {
      await alice.get(key);
      await invalidate(...args);
      throw new Error('the answer was lost');
    };
    await expect(alice.invalidate(key)).rejects.toThrow('the answer was lost');
    expect(await alice.get(key)).toBeUndefined();
  });

  it('nothing is kept while a hold stands', async () => {
    const alice = cacheOf('alice');
    await elsewhere.mutate(key, async () => {
      hear();
      expect(await alice.getOrSet(key, () => 'before the commit')).toBe('before the commit');
      expect(await alice.get(key)).toBeUndefined();
    });
  });

  it('not even what the hold does not cover: the control string that it is under is no stamp', async () => {
    const other = [namespace, 2] as const;
    await elsewhere.getOrSet(other, () => 'stored');
    await elsewhere.mutate(key, async () => {
      const read = (): Promise<unknown> => cacheOf('alice').get(other);
      expect(await eventsDuring(() => read().then(read))).toEqual(
        ['store', 'store'].map((tier) => ({ type: 'hit', namespace, tier })),
      );
    });
  });

  it('nothing is left of a connection that is distrusted', async () => {
    await cacheOf('alice').getOrSet(key, () => 'old');
    new TieredStore(remote, copies).distrust();
    expect(copies.get('alice', `${namespace}:#1:@1`)).toBeUndefined();
  });

  it('a copy of another owner or path is not returned, whatever name it is under', async () => {
    await cacheOf('bob').getOrSet(key, () => "bob's");
    const bobs = copies.get('bob', `${namespace}:#1:@1`);
    expect(bobs).toBeDefined();
    if (!bobs) return;
    await remote.open('alice');
    const { control = '' } = await remote.read('alice', []);
    copies.keep('alice', `${namespace}:#1:@1`, { ...bobs, control }, copies.now());
    copies.keep('bob', `${namespace}:#2:@1`, bobs, copies.now());
    const events = await eventsDuring(async () => {
      expect(await cacheOf('alice').get(key)).toBeUndefined();
      expect(await cacheOf('bob').get([namespace, 2])).toBeUndefined();
    });
    const refused = { type: 'isolation', namespace, cause: 'foreign' };
    expect(events).toEqual([refused, expect.objectContaining({ type: 'miss' }), refused, expect.anything()]);
  });

  it('expires by the clock, also as a copy', async () => {
    const alice = cacheOf('alice');
    await alice.getOrSet(key, () => 'old', { ttl: 1_000 });
    now += 999;
    expect(await alice.get(key)).toBe('old');
    now += 1;
    expect(await alice.get(key)).toBeUndefined();
  });

  it('is told as such by the hit', async () => {
    const alice = cacheOf('alice');
    await elsewhere.set(key, 1);
    const events = await eventsDuring(async () => {
      await alice.get(key);
      await alice.get(key);
      await alice.getOrSet(key, () => 2);
    });
    expect(events).toEqual(['store', 'l1', 'l1'].map((tier) => ({ type: 'hit', namespace, tier })));
  });

  it('is lost with the bucket when the store says so', async () => {
    const alice = cacheOf('alice');
    await alice.getOrSet(key, () => 'old');
    await remote.invalidate('alice', { prefixes: 'all' });
    proof.invalidated('alice', 'all', '');
    expect(await alice.get(key)).toBeUndefined();
  });

  it('many keys are answered from both tiers', async () => {
    const alice = cacheOf('alice');
    await alice.getOrSet([namespace, 'kept'], () => 1);
    await elsewhere.getOrSet([namespace, 'stored'], () => 2);
    const keys = [
      [namespace, 'stored'],
      [namespace, 'kept'],
      [namespace, 'absent'],
    ] as const;
    const reads = remote.reads;
    expect(await alice.getMany(keys)).toEqual([2, 1, undefined]);
    expect(remote.reads - reads).toBe(1);
    await elsewhere.set([namespace, 'kept'], 3);
    hear();
    expect(await alice.getMany(keys)).toEqual([2, 3, undefined]);
  });

  if (namespace === 'bounded') {
    it('needs no read while the last heartbeat is younger than maxStale', async () => {
      const alice = cacheOf('alice');
      await alice.getOrSet(key, () => 'old');
      await elsewhere.invalidate(key);
      const { reads } = remote;
      now += MAX_STALE - 1;
      expect(await alice.get(key)).toBe('old');
      expect(remote.reads).toBe(reads);
      now += 1;
      expect(await alice.get(key)).toBeUndefined();
    });

    it('is asked for anew after maxStale though heartbeats come back: not everybody announces', async () => {
      const alice = cacheOf('alice');
      await alice.getOrSet(key, () => 'old');
      await elsewhere.invalidate(key);
      now += MAX_STALE - 1;
      proof.heard(now);
      expect(await alice.get(key)).toBe('old');
      now += 1;
      proof.heard(now);
      expect(await alice.get(key)).toBeUndefined();
    });

    it('is proven for another maxStale by one read', async () => {
      const alice = cacheOf('alice');
      await alice.getOrSet(key, () => 'kept');
      const { reads } = remote;
      now += MAX_STALE;
      proof.heard(now);
      expect(await alice.get(key)).toBe('kept');
      now += MAX_STALE - 1;
      proof.heard(now);
      expect(await alice.get(key)).toBe('kept');
      expect(remote.reads).toBe(reads + 1);
    });

    it('is as old as the sending of a heartbeat, not its return', async () => {
      const alice = cacheOf('alice');
      await alice.getOrSet(key, () => 'old');
      const sent = now;
      now += MAX_STALE;
      await elsewhere.invalidate(key);
      proof.heard(sent);
      expect(await alice.get(key)).toBeUndefined();
    });

    it('is asked for where the last heartbeat is older than maxStale, however new the copy is', async () => {
      const alice = cacheOf('alice');
      now += MAX_STALE;
      await alice.getOrSet(key, () => 'old');
      await elsewhere.invalidate(key);
      expect(await alice.get(key)).toBeUndefined();
    });

    it('is proven by reads where the bus proves nothing', async () => {
      const alice = cacheOf('alice');
      proof.missed();
      await alice.getOrSet(key, () => 'old');
      const { reads } = remote;
      expect(await alice.get(key)).toBe('old');
      expect(remote.reads).toBe(reads + 1);
      await elsewhere.invalidate(key);
      expect(await alice.get(key)).toBeUndefined();
    });
  } else {
    it('needs one read, and a second one only where it is out of date', async () => {
      const alice = cacheOf('alice');
      await alice.getOrSet(key, () => 'old');
      const { reads } = remote;
      expect(await alice.get(key)).toBe('old');
      expect(remote.reads).toBe(reads + 1);
      await elsewhere.set(key, 'new');
      expect(await alice.get(key)).toBe('new');
      expect(remote.reads).toBe(reads + 4);
      await elsewhere.invalidateAll();
      expect(await alice.get(key)).toBeUndefined();
      expect(remote.reads).toBe(reads + 5);
    });
  }
});
