import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployments, type Fleet, type TestCache } from '../support/caches.js';
import { deferred, held } from '../support/held.js';

const key = ['conversation', 42] as const;

/** Each makes what was loaded before it stale. */
const changes: readonly (readonly [name: string, change: (cache: TestCache) => Promise<unknown>])[] = [
  ['invalidate of the key', (cache) => cache.forUser('alice').invalidate(key)],
  ['invalidate of the namespace', (cache) => cache.forUser('alice').invalidate(['conversation'])],
  ['invalidate of several keys', (cache) => cache.forUser('alice').invalidate(['search'], key)],
  ['invalidateAll', (cache) => cache.forUser('alice').invalidateAll()],
  ['invalidateUser', (cache) => cache.invalidateUser('alice')],
  ['set', (cache) => cache.forUser('alice').set(key, 'new')],
  ['writeThrough', (cache) => cache.forUser('alice').writeThrough(key, () => 'new')],
  ['mutate', (cache) => cache.forUser('alice').mutate(key, () => undefined)],
  ['a bound namespace', (cache) => cache.forUser('alice').namespace('conversation').invalidateAll()],
];

describe.each(deployments)('freshness on $name', ({ start }) => {
  let fleet: Fleet;
  let here: TestCache;
  let elsewhere: TestCache;

  beforeEach(async () => {
    fleet = start();
    here = fleet.process();
    elsewhere = fleet.process();
    await Promise.all([here.ready(), elsewhere.ready()]);
  });
  afterEach(() => fleet.close());

  describe.each(changes)('%s', (_, change) => {
    it.each(['this process', 'another process'])('in %s beats a load in flight', async (where) => {
      const { load, started, release } = held<string>();
      const loading = here.forUser('alice').getOrSet(key, load);
      await started;
      await change(where === 'this process' ? here : elsewhere);
      release('old');
      expect(await loading).toBe('old');
      expect(await here.forUser('alice').get(key)).not.toBe('old');
      expect(await elsewhere.forUser('alice').getOrSet(key, () => 'new')).toBe('new');
    });

    it('removes what is stored, in every process', async () => {
      await here.forUser('alice').getOrSet(key, () => 'old');
      expect(await elsewhere.forUser('alice').get(key)).toBe('old');
      await change(elsewhere);
      expect(await here.forUser('alice').get(key)).not.toBe('old');
    });

    it('leaves another user alone', async () => {
      await here.forUser('bob').getOrSet(key, () => "bob's");
      await change(here);
      expect(await here.forUser('bob').get(key)).toBe("bob's");
      await here.invalidateUser('bob');
    });
  });

  describe('joining', () => {
    it('one load runs for readers who ask at the same time', async () => {
      const first = held<{ n: number }>();
      const alice = here.forUser('alice');
      const reads = [alice.getOrSet(key, first.load)];
      await first.started;
      const never = (): never => {
        throw new Error('a second load ran');
      };
      reads.push(alice.getOrSet(key, never), here.forUser('alice').getOrSet(key, never));
      // The joiners have looked once the store has answered a read that was sent after theirs.
      await alice.get(key);
      first.release({ n: 1 });
      const [a, b, c] = await Promise.all(reads);
      expect([a, b, c]).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
      expect(b).toBe(a);
      expect(c).toBe(a);
    });

    it('a reader who starts after an invalidation does not join a load from before it', async () => {
      const first = held<string>();
      const alice = here.forUser('alice');
      const before = alice.getOrSet(key, first.load);
      await first.started;
      await elsewhere.forUser('alice').invalidate(key);
      const after = alice.getOrSet(key, () => 'new');
      // What is asked for later is answered later: by now it loads, or it has joined.
      await alice.get(key);
      first.release('old');
      expect(await Promise.all([before, after])).toEqual(['old', 'new']);
      expect(await alice.get(key)).toBe('new');
    });

    it('never joins the load of another user', async () => {
      const first = held<string>();
      const alices = here.forUser('alice').getOrSet(key, first.load);
      await first.started;
      expect(await here.forUser('bob').getOrSet(key, () => "bob's")).toBe("bob's");
      first.release("alice's");
      expect(await alices).toBe("alice's");
      expect(await here.forUser('bob').get(key)).toBe("bob's");
      await here.invalidateUser('bob');
    });

    it('a load that fails fails for all who joined it, and is not remembered', async () => {
      const first = held<string>();
      const alice = here.forUser('alice');
      const reads = [alice.getOrSet(key, first.load)];
      await first.started;
      reads.push(alice.getOrSet(key, () => 'not run'));
      await alice.get(key);
      first.fail(new Error('the database is down'));
      const outcomes = await Promise.allSettled(reads);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
      expect(await alice.getOrSet(key, () => 'again')).toBe('again');
    });
  });

  describe('mutate', () => {
    it('keeps what loads during the write from being stored, in every process', async () => {
      const written = deferred<string>();
      const writing = deferred<undefined>();
      const alice = here.forUser('alice');
      const mutation = alice.mutate(key, () => {
        writing.resolve(undefined);
        return written.promise;
      });
      await writing.promise;
      for (const cache of [here, elsewhere]) {
        expect(await cache.forUser('alice').getOrSet(key, () => 'before the commit')).toBe('before the commit');
        expect(await cache.forUser('alice').get(key)).toBeUndefined();
      }
      written.resolve('what the write returns');
      expect(await mutation).toBe('what the write returns');
      expect(await elsewhere.forUser('alice').getOrSet(key, () => 'after')).toBe('after');
      expect(await here.forUser('alice').get(key)).toBe('after');
    });

    it('of several keys invalidates them all', async () => {
      const alice = here.forUser('alice');
      await alice.set(key, 1);
      await alice.set(['search', { q: 'a' }], 2);
      await alice.set(['profile'], 3);
      await alice.mutate([key, ['search']], () => undefined);
      expect(await alice.getMany([key, ['search', { q: 'a' }], ['profile']])).toEqual([undefined, undefined, 3]);
    });

    it('that fails rejects with the error of the write, invalidates, and leaves no hold', async () => {
      const alice = here.forUser('alice');
      await alice.set(key, 'old');
      const failure = new Error('constraint violated');
      await expect(alice.mutate(key, () => Promise.reject(failure))).rejects.toBe(failure);
      expect(await alice.getOrSet(key, () => 'new')).toBe('new');
      expect(await alice.get(key)).toBe('new');
    });
  });

  describe('writeThrough', () => {
    it('stores what the write returns', async () => {
      const alice = here.forUser('alice');
      expect(await alice.writeThrough(key, () => ({ at: new Date(0) }))).toEqual({ at: '1970-01-01T00:00:00.000Z' });
      expect(await elsewhere.forUser('alice').get(key)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    });

    it('of two at once leaves neither loser nor winner', async () => {
      const [first, second] = [held<string>(), held<string>()];
      const writes = [here.forUser('alice').writeThrough(key, first.load)];
      await first.started;
      writes.push(elsewhere.forUser('alice').writeThrough(key, second.load));
      await second.started;
      second.release('second');
      await writes[1];
      first.release('first');
      await writes[0];
      expect(await here.forUser('alice').get(key)).toBeUndefined();
    });

    it('that fails leaves the key invalidated', async () => {
      const alice = here.forUser('alice');
      await alice.set(key, 'old');
      await expect(alice.writeThrough(key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(await alice.get(key)).toBeUndefined();
    });

    it('of undefined only invalidates', async () => {
      const alice = here.forUser('alice');
      await alice.set(key, 'old');
      await alice.writeThrough(key, () => undefined);
      expect(await alice.get(key)).toBeUndefined();
    });
  });
});
