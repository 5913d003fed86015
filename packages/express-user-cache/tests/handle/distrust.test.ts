import { describe, expect, it } from 'vitest';
import { MemoryStore, type Snapshot, type Store, userCache } from '../../src/index.js';
import { eventsDuring } from '../support/events.js';
import { held } from '../support/held.js';

const namespaces = { profile: { ttl: 'short' } } as const;

/** A store that answers wrongly in one way, as a connection does whose replies are shifted. */
class LyingStore extends MemoryStore implements Store {
  distrusted = 0;
  readonly #lie: (honest: Snapshot, bucket: string) => Promise<Snapshot> | Snapshot;

  constructor(lie: (honest: Snapshot, bucket: string) => Promise<Snapshot> | Snapshot) {
    super();
    this.#lie = lie;
  }

  override async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    return this.#lie(await super.read(bucket, names), bucket);
  }

  override distrust(): void {
    this.distrusted += 1;
  }
}

describe('replies are trusted by content', () => {
  it("another user's entry is a miss, an event and a fresh connection", async () => {
    const honest = new MemoryStore();
    await userCache({ store: honest, namespaces }).forUser('bob').set(['profile'], "bob's");
    const store = new LyingStore(() => honest.read('bob', ['profile:@1']));
    const alice = userCache({ store, namespaces }).forUser('alice');
    const events = await eventsDuring(async () => {
      expect(await alice.get(['profile'])).toBeUndefined();
      expect(await alice.getOrSet(['profile'], () => "alice's")).toBe("alice's");
    });
    expect(events).toContainEqual({ type: 'isolation', namespace: 'profile', cause: 'foreign' });
    expect(store.distrusted).toBe(2);
  });

  it("another user's control string makes a stamp whose fill is refused", async () => {
    const honest = new MemoryStore();
    await honest.open('bob');
    const store = new LyingStore(async (own) => ({ ...own, control: (await honest.read('bob', [])).control }));
    const alice = userCache({ store, namespaces }).forUser('alice');
    await store.open('alice');
    const events = await eventsDuring(async () => {
      await alice.getOrSet(['profile'], () => "alice's");
    });
    expect(events).toContainEqual({ type: 'refused', namespace: 'profile' });
  });

  it('one control string for all users joins no load of another user', async () => {
    const store = new LyingStore((own) => ({ ...own, control: 'the-same-for-everybody.0' }));
    const cache = userCache({ store, namespaces });
    const { load, started, release } = held<string>();
    const alices = cache.forUser('alice').getOrSet(['profile'], load);
    await started;
    const bobs = cache.forUser('bob').getOrSet(['profile'], () => "bob's");
    // What was asked for later is answered later: by now bob has a load, or has joined one.
    await cache.forUser('bob').get(['profile']);
    release("alice's");
    expect(await Promise.all([alices, bobs])).toEqual(["alice's", "bob's"]);
  });

  it.each(['', 'null', '{}', '1\nalice\nprofile:@1\n9999999999999\n{broken'])(
    'what cannot be read (%j) is a miss',
    async (entry) => {
      const store = new LyingStore((own) => ({ ...own, entries: own.entries.map(() => entry) }));
      const alice = userCache({ store, namespaces }).forUser('alice');
      expect(await alice.get(['profile'])).toBeUndefined();
      expect(await alice.getOrSet(['profile'], () => 'loaded')).toBe('loaded');
    },
  );
});

describe('a store that fails', () => {
  class FailingStore extends MemoryStore {
    override read(): Promise<never> {
      return Promise.reject(new Error('not one of our errors'));
    }
    override invalidate(): Promise<never> {
      return Promise.reject(new Error('the store is down'));
    }
  }
  const alice = userCache({ store: new FailingStore(), namespaces }).forUser('alice');

  it('never fails a read', async () => {
    const events = await eventsDuring(async () => {
      expect(await alice.get(['profile'])).toBeUndefined();
      expect(await alice.getOrSet(['profile'], () => 'loaded')).toBe('loaded');
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'store-error', operation: 'read' }));
  });

  const failure = new Error('constraint violated');
  const write = (): Promise<never> => Promise.reject(failure);
  it.each([
    ['mutate', () => alice.mutate(['profile'], write)],
    ['writeThrough', () => alice.writeThrough(['profile'], write)],
  ])('never hides the error of the write in %s', async (_, call) => {
    await expect(call()).rejects.toBe(failure);
  });

  it('fails an invalidation', async () => {
    await expect(alice.invalidate(['profile'])).rejects.toThrow('the store is down');
  });
});
