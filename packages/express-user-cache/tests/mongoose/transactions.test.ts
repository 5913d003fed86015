import type { ClientSession, Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userCache } from '../../src/index.js';
import { FaultyStore } from '../support/faulty-store.js';
import { type ConversationModel, conversationModel, mongooses, namespaces, openDatabase } from './support.js';

const row = { userId: 'alice', title: 'old', number: 1 };

describe.each(mongooses)('a transaction of %s', (_, mongoose) => {
  let connection: Connection;
  let close: () => Promise<void>;
  let store: FaultyStore;
  let cache: ReturnType<typeof createCache>;
  let model: ConversationModel;
  let id: string;

  const createCache = () => userCache({ namespaces, store });

  beforeEach(async () => {
    ({ connection, close } = await openDatabase(mongoose));
    store = new FaultyStore();
    cache = createCache();
    model = conversationModel(mongoose, connection, cache);
    id = (await model.create(row)).id;
    store.invalidations.length = 0;
  });
  afterEach(() => close());

  const key = () => ['conversation', id] as const;
  const title = async () => (await model.findById(id).orFail().lean()).title;
  const rename = (session: ClientSession, to = 'new') =>
    model.updateOne({ _id: id, userId: 'alice' }, { title: to }, { session });
  /** Reads as a route does. */
  const read = () => cache.forUser('alice').getOrSet(key(), title);

  async function withSession(work: (session: ClientSession) => Promise<void>): Promise<void> {
    const session = await connection.startSession();
    try {
      await work(session);
    } finally {
      await session.endSession();
    }
  }

  const commits: readonly (readonly [
    name: string,
    run: (work: (session: ClientSession) => Promise<unknown>) => Promise<unknown>,
  ])[] = [
    ['connection.transaction', (work) => connection.transaction(work)],
    [
      'withTransaction',
      (work) =>
        withSession((session) =>
          session.withTransaction(async () => {
            await work(session);
          }),
        ),
    ],
    [
      'a manual commit',
      (work) =>
        withSession(async (session) => {
          session.startTransaction();
          await work(session);
          await session.commitTransaction();
        }),
    ],
  ];

  it.each(commits)('with %s invalidates at its commit, and no sooner', async (_, run) => {
    expect(await read()).toBe('old');
    await run(async (session) => {
      await rename(session);
      expect(store.invalidations).toEqual([]);
      // What others read meanwhile is still true, and may be kept.
      expect(await read()).toBe('old');
    });
    expect(await cache.forUser('alice').get(key())).toBeUndefined();
    expect(await read()).toBe('new');
    expect(await cache.forUser('alice').get(key())).toBe('new');
  });

  it.each(commits)('with %s that fails invalidates nothing', async (_, run) => {
    expect(await read()).toBe('old');
    const failing = run(async (session) => {
      await rename(session);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(store.invalidations).toEqual([]);
    expect(await cache.forUser('alice').get(key())).toBe('old');
    expect(await title()).toBe('old');
  });

  it('that is aborted by hand invalidates nothing, nor does the next one of its session', async () => {
    await withSession(async (session) => {
      session.startTransaction();
      await rename(session);
      await session.abortTransaction();
      session.startTransaction();
      await model.findById(id).session(session);
      await session.commitTransaction();
    });
    expect(store.invalidations).toEqual([]);
  });

  it('whose session ends without a commit invalidates nothing', async () => {
    await withSession(async (session) => {
      session.startTransaction();
      await rename(session);
    });
    expect(store.invalidations).toEqual([]);
    expect(await title()).toBe('old');
  });

  it('holds from before its commit, so that no load stores what was before it', async () => {
    const seen: unknown[] = [];
    await withSession(async (session) => {
      session.startTransaction();
      await rename(session);
      store.fault = async (operation) => {
        if (operation !== 'invalidate' || seen.length > 0) return;
        seen.push(await title());
      };
      await session.commitTransaction();
    });
    // When the store was told first, the commit had not been sent.
    expect(seen).toEqual(['old']);
    const [first, second] = store.invalidations;
    expect(first?.hold).toBeDefined();
    expect(second?.release).toBe(first?.hold?.id);
  });

  it('that meets a writer runs again, and invalidates with the commit that succeeds', async () => {
    let attempts = 0;
    await connection.transaction(async (session) => {
      attempts += 1;
      await rename(session, `attempt ${attempts}`);
      if (attempts === 1) await model.updateOne({ _id: id, userId: 'alice' }, { title: 'another' });
    });
    expect(attempts).toBe(2);
    expect(await title()).toBe('attempt 2');
    expect(await read()).toBe('attempt 2');
    expect(await cache.forUser('alice').get(key())).toBe('attempt 2');
  });

  it('of several operations, models and users invalidates once for each user', async () => {
    await connection.transaction(async (session) => {
      await rename(session);
      await model.create([{ ...row, userId: 'bob' }], { session });
      const document = await model.findById(id).session(session).orFail();
      await document.set({ number: 2 }).save();
      await model.insertMany([row], { session });
      await model.bulkWrite([{ updateOne: { filter: { userId: 'bob' }, update: { number: 3 } } }], { session });
    });
    expect(store.invalidations.filter(({ hold }) => hold)).toHaveLength(2);
    expect(store.invalidations.filter(({ release }) => release)).toHaveLength(2);
    expect(await read()).toBe('new');
  });

  it('whose commit has an unknown end keeps its holds, until the commit that is tried again has ended', async () => {
    await withSession(async (session) => {
      session.startTransaction();
      const send = session.commitTransaction.bind(session);
      let attempts = 0;
      // In front of the driver, and behind the plugin, which comes with the first write.
      session.commitTransaction = async () => {
        attempts += 1;
        if (attempts > 1) return send();
        throw Object.assign(new Error('the connection is gone'), {
          hasErrorLabel: (label: string) => label === 'UnknownTransactionCommitResult',
        });
      };
      await rename(session);
      await expect(session.commitTransaction()).rejects.toThrow('the connection is gone');
      expect(store.invalidations.filter(({ release }) => release)).toEqual([]);
      // It may be committed at any moment now: what is loaded must not be stored.
      expect(await read()).toBe('old');
      expect(await cache.forUser('alice').get(key())).toBeUndefined();
      await session.commitTransaction();
    });
    expect(await read()).toBe('new');
    expect(await cache.forUser('alice').get(key())).toBe('new');
  });

  it('that the store could not be told of, neither before nor after, is committed and rejects', async () => {
    store.goDown();
    await expect(connection.transaction((session) => rename(session).then(() => undefined))).rejects.toThrow(
      'the store is down',
    );
    store.comeBack();
    expect(await title()).toBe('new');
  });

  it('that cannot hold, and must, is aborted', async () => {
    const strict = userCache({ namespaces, store, onUnavailable: 'throw' });
    const other = conversationModel(mongoose, connection.useDb('strict'), strict);
    await other.create(row);
    store.goDown();
    const run = connection.transaction(async (session) => {
      await other.updateMany({ userId: 'alice' }, { title: 'new' }, { session });
    });
    await expect(run).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
    store.comeBack();
    expect(await other.countDocuments({ title: 'old' })).toBe(1);
  });

  it('refuses a write of which no owner can be told, and commits nothing', async () => {
    const run = connection.transaction(async (session) => {
      await rename(session);
      await model.updateMany({}, { title: 'all' }, { session });
    });
    await expect(run).rejects.toMatchObject({ code: 'ERR_UC_OWNER_UNKNOWN' });
    expect(store.invalidations).toEqual([]);
    expect(await title()).toBe('old');
  });
});

describe.each(mongooses)('a session that %s passes on by itself', (_, mongoose) => {
  it('puts the invalidation off as well', async () => {
    const own = new mongoose.Mongoose();
    own.set('transactionAsyncLocalStorage', true);
    const { connection, close } = await openDatabase(own);
    const store = new FaultyStore();
    const model = conversationModel(own, connection, userCache({ namespaces, store }));
    try {
      await connection.transaction(async () => {
        await model.create(row);
        await model.updateMany({ userId: 'alice' }, { title: 'new' });
        await model.insertMany([row]);
        expect(store.invalidations).toEqual([]);
      });
      expect(store.count('invalidate')).toBe(2);
      expect(await model.countDocuments()).toBe(2);
    } finally {
      await close();
    }
  });
});
