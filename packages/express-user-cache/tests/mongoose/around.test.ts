import type { ClientSession, Connection, Model } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../support/held.js';
import { conversationModel, createCache, mongooses, openDatabase, type TestCache } from './support.js';

interface Row {
  userId: string;
  name: string;
}

/** The models have no plugin here: the calls of the cache surround the transaction. */
describe.each(mongooses)('around a transaction of %s', (_, mongoose) => {
  let connection: Connection;
  let close: () => Promise<void>;
  let cache: TestCache;
  let profiles: Model<Row>;
  let conversations: Model<Row>;

  const keys = [['profile'], ['conversation', 'a'], ['conversations', { page: 1 }]] as const;

  beforeEach(async () => {
    ({ connection, close } = await openDatabase(mongoose));
    cache = createCache();
    profiles = connection.model<Row>('Profile', new mongoose.Schema<Row>({ userId: String, name: String }));
    conversations = connection.model<Row>('Plain', new mongoose.Schema<Row>({ userId: String, name: String }));
    await profiles.create({ userId: 'alice', name: 'old' });
    await conversations.create({ userId: 'alice', name: 'old' });
  });
  afterEach(() => close());

  const nameOf = async (model: Model<Row>) => (await model.findOne({ userId: 'alice' }).lean())?.name;
  const read = () =>
    Promise.all([
      cache.forUser('alice').getOrSet(keys[0], () => nameOf(profiles)),
      cache.forUser('alice').getOrSet(keys[1], () => nameOf(conversations)),
      cache.forUser('alice').getOrSet(keys[2], () => nameOf(conversations)),
    ]);
  const stored = () => cache.forUser('alice').getMany(keys);
  const rename = async (session: ClientSession) => {
    await profiles.updateOne({ userId: 'alice' }, { name: 'new' }, { session });
    await conversations.updateOne({ userId: 'alice' }, { name: 'new' }, { session });
  };

  it('mutate of keys in several namespaces: what others load meanwhile is old, and is not kept', async () => {
    expect(await read()).toEqual(['old', 'old', 'old']);
    const [written, commit] = [deferred<undefined>(), deferred<undefined>()];
    const writing = cache.forUser('alice').mutate(keys, () =>
      connection.transaction(async (session) => {
        await rename(session);
        written.resolve(undefined);
        await commit.promise;
      }),
    );
    await written.promise;
    expect(await read()).toEqual(['old', 'old', 'old']);
    expect(await stored()).toEqual([undefined, undefined, undefined]);
    commit.resolve(undefined);
    await writing;
    expect(await read()).toEqual(['new', 'new', 'new']);
    expect(await stored()).toEqual(['new', 'new', 'new']);
  });

  it('mutate of one that is aborted rejects with its error, and what is loaded then is kept', async () => {
    const failing = cache.forUser('alice').mutate(keys, () =>
      connection.transaction(async (session) => {
        await rename(session);
        throw new Error('changed my mind');
      }),
    );
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await read()).toEqual(['old', 'old', 'old']);
    expect(await stored()).toEqual(['old', 'old', 'old']);
  });

  it('mutate of one that runs again invalidates after the attempt that commits', async () => {
    let attempts = 0;
    await cache.forUser('alice').mutate(keys, () =>
      connection.transaction(async (session) => {
        attempts += 1;
        await rename(session);
        if (attempts === 1) await profiles.updateOne({ userId: 'alice' }, { name: 'another' });
      }),
    );
    expect(attempts).toBe(2);
    expect(await read()).toEqual(['new', 'new', 'new']);
  });

  it('writeThrough in a mutate stores what was committed, and the mutate forgets the rest', async () => {
    await read();
    const alice = cache.forUser('alice');
    const result = await alice.mutate([keys[1], keys[2]], () =>
      alice.writeThrough(['profile'], () =>
        connection.transaction(async (session) => {
          await rename(session);
          return (await profiles.findOne({ userId: 'alice' }).session(session).lean())?.name;
        }),
      ),
    );
    expect(result).toBe('new');
    expect(await read()).toEqual(['new', 'new', 'new']);
  });

  it('writeThrough stores nothing of one that is aborted', async () => {
    await read();
    const failing = cache.forUser('alice').writeThrough(['profile'], () =>
      connection.transaction(async (session) => {
        await rename(session);
        throw new Error('changed my mind');
      }),
    );
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await stored()).toEqual([undefined, 'old', 'old']);
    expect(await read()).toEqual(['old', 'old', 'old']);
  });

  it('writeThrough of a model with the plugin leaves the key invalidated, and stores where the write says userCache: false', async () => {
    const alice = cache.forUser('alice');
    const model = conversationModel(mongoose, connection, cache);
    const write = (option: object) => async () => {
      await model.updateOne({ userId: 'alice' }, { title: 'new' }).setOptions(option);
      return 'written';
    };
    await alice.writeThrough(['conversation', 'a'], write({}));
    expect(await alice.get(['conversation', 'a'])).toBeUndefined();
    await alice.writeThrough(['conversation', 'a'], write({ userCache: false }));
    expect(await alice.get(['conversation', 'a'])).toBe('written');
  });
});
