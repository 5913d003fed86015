import type { Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userCache } from '../../src/index.js';
import { FaultyStore } from '../support/faulty-store.js';
import { deferred, held } from '../support/held.js';
import {
  type ConversationModel,
  conversationModel,
  createCache,
  mongooses,
  namespaces,
  openDatabase,
  type TestCache,
} from './support.js';

const row = { userId: 'alice', title: 'old', number: 1 };

describe.each(mongooses)('a write of %s', (_, mongoose) => {
  let connection: Connection;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ connection, close } = await openDatabase(mongoose));
  });
  afterEach(() => close());

  /** A model whose writes wait, behind the plugin's hooks, until they are let go. */
  function waiting(
    cache: TestCache,
    names: readonly string[],
  ): { model: ConversationModel; started: Promise<void>; go: () => void } {
    const [started, go] = [deferred<undefined>(), deferred<undefined>()];
    const model = conversationModel(mongoose, connection, cache, (schema) => {
      for (const name of names) {
        schema.pre(name, async () => {
          started.resolve(undefined);
          await go.promise;
        });
      }
    });
    return {
      model,
      started: started.promise.then(() => undefined),
      go: () => {
        go.resolve(undefined);
      },
    };
  }

  it.each([
    ['a query', (model: ConversationModel) => model.updateOne({ userId: 'alice' }, { title: 'new' }).exec()],
    ['a save', (model: ConversationModel) => new model(row).save()],
    ['an insertMany', (model: ConversationModel) => model.insertMany([row])],
    ['a bulkSave', (model: ConversationModel) => model.bulkSave([new model(row)])],
  ])('keeps what loads during %s from being stored, and lets loads be stored after it', async (_, write) => {
    const cache = createCache();
    const alice = cache.forUser('alice');
    const { model, started, go } = waiting(cache, ['updateOne', 'save', 'insertMany']);
    const writing = write(model);
    await started;
    expect(await alice.getOrSet(['conversations'], () => 'before')).toBe('before');
    expect(await alice.get(['conversations'])).toBeUndefined();
    go();
    await writing;
    expect(await alice.getOrSet(['conversations'], () => 'after')).toBe('after');
    expect(await alice.get(['conversations'])).toBe('after');
  });

  it('beats a load that began before it', async () => {
    const cache = createCache();
    const alice = cache.forUser('alice');
    const model = conversationModel(mongoose, connection, cache);
    const { load, started, release } = held<string>();
    const loading = alice.getOrSet(['conversations'], load);
    await started;
    await model.create(row);
    release('old');
    expect(await loading).toBe('old');
    expect(await alice.get(['conversations'])).toBeUndefined();
  });

  it('that another hook refuses leaves no hold', async () => {
    const cache = createCache();
    const refuse = () => {
      throw new Error('refused');
    };
    const model = conversationModel(mongoose, connection, cache, (schema) => {
      schema.pre('updateOne', refuse);
      schema.pre('save', refuse);
      schema.pre('insertMany', refuse);
    });
    for (const write of [
      () => model.updateOne({ userId: 'alice' }, { title: 'new' }),
      () => model.create(row),
      () => model.insertMany([row]),
      () => model.bulkSave([new model(row)]),
    ]) {
      await expect(write()).rejects.toThrow('refused');
      await cache.forUser('alice').getOrSet(['conversations'], () => 'stored');
      expect(await cache.forUser('alice').get(['conversations'])).toBe('stored');
      await cache.invalidateUser('alice');
    }
  });

  it('runs once the holds of all its owners stand, and releases them all where one cannot be placed', async () => {
    const store = new FaultyStore();
    const cache = userCache({ namespaces, store, onUnavailable: 'throw' });
    const model = conversationModel(mongoose, connection, cache);
    let calls = 0;
    store.fault = (operation) => {
      if (operation !== 'invalidate') return;
      calls += 1;
      if (calls === 2) throw new Error('the store is away');
    };
    const write = model.insertMany([row, { ...row, userId: 'bob' }, { ...row, userId: 'carol' }]);
    await expect(write).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
    expect(await model.countDocuments()).toBe(0);
    const holds = store.invalidations.flatMap(({ hold }) => hold?.id ?? []);
    const releases = store.invalidations.flatMap(({ release }) => release ?? []);
    // The second was refused, so it stands nowhere.
    expect(holds).toHaveLength(3);
    expect(releases).toEqual([holds[0], holds[2]]);
  });

  it('that the store could not be told of, neither before nor after, is done and rejects', async () => {
    const store = new FaultyStore();
    const cache = userCache({ namespaces, store });
    const model = conversationModel(mongoose, connection, cache);
    store.goDown();
    for (const write of [
      () => model.create(row),
      () => model.updateOne({ userId: 'alice' }, { title: 'new' }),
      () => model.insertMany([row]),
    ]) {
      await expect(write()).rejects.toThrow(/the store is down|ERR_UC_STORE_UNAVAILABLE/);
    }
    store.comeBack();
    expect(await model.countDocuments()).toBe(2);
    expect(await model.countDocuments({ title: 'new' })).toBe(1);
  });

  it('asks the store once before and once after, for each owner', async () => {
    const store = new FaultyStore();
    const model = conversationModel(mongoose, connection, userCache({ namespaces, store }));
    await model.insertMany([row, { ...row, number: 2 }, { ...row, userId: 'bob' }]);
    expect(store.count('invalidate')).toBe(4);
    store.asked.length = 0;
    await model.updateOne({ userId: 'alice', number: 1 }, { title: 'new' });
    expect(store.count('invalidate')).toBe(2);
  });
});
