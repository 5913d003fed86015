import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConversationModel,
  conversationModel,
  createCache,
  mongooses,
  openDatabase,
  type TestCache,
} from './support.js';

interface Case {
  readonly model: ConversationModel;
  /** Alice's conversation that is written. */
  readonly id: string;
}

type Operation = (of: Case) => Promise<unknown>;

const loaded = async ({ model, id }: Case) => {
  const document = await model.findById(id).orFail();
  return document;
};

const replacement = { userId: 'alice', title: 'new', number: 1 };

/** Each changes the one conversation, and says whose it is. */
const ofOne: readonly (readonly [name: string, operation: Operation])[] = [
  ['updateOne', ({ model, id }) => model.updateOne({ _id: id, userId: 'alice' }, { title: 'new' })],
  [
    'updateOne, awaited as a thenable',
    async ({ model, id }) => {
      const query = model.updateOne({ _id: id, userId: 'alice' }, { title: 'new' });
      await query;
    },
  ],
  ['updateMany', ({ model, id }) => model.updateMany({ _id: id, userId: 'alice' }, { $set: { title: 'new' } })],
  ['replaceOne', ({ model, id }) => model.replaceOne({ _id: id, userId: 'alice' }, replacement)],
  [
    'findOneAndUpdate',
    ({ model, id }) => model.findOneAndUpdate({ _id: id, userId: 'alice' }, { title: 'new' }).lean(),
  ],
  ['findOneAndReplace', ({ model, id }) => model.findOneAndReplace({ _id: id, userId: 'alice' }, replacement)],
  ['findOneAndDelete', ({ model, id }) => model.findOneAndDelete({ _id: id, userId: 'alice' })],
  ['findByIdAndUpdate', ({ model, id }) => model.findByIdAndUpdate(id, { title: 'new' }).where({ userId: 'alice' })],
  ['findByIdAndDelete', ({ model, id }) => model.findByIdAndDelete(id).where({ userId: 'alice' })],
  ['deleteOne', ({ model, id }) => model.deleteOne({ _id: id, userId: 'alice' })],
  ['deleteMany', ({ model, id }) => model.deleteMany({ _id: { $in: [id] }, userId: 'alice' })],
  ['save', async (of) => (await loaded(of)).set({ title: 'new' }).save()],
  [
    'updateOne of a document',
    async (of) => {
      await (await loaded(of)).updateOne({ title: 'new' });
    },
  ],
  [
    'replaceOne of a document',
    async (of) => {
      await (await loaded(of)).replaceOne(replacement);
    },
  ],
  ['deleteOne of a document', async (of) => (await loaded(of)).deleteOne()],
  ['bulkSave', async (of) => of.model.bulkSave([(await loaded(of)).set({ title: 'new' })])],
  [
    'bulkWrite, updateOne',
    ({ model, id }) =>
      model.bulkWrite([{ updateOne: { filter: { _id: id, userId: 'alice' }, update: { title: 'new' } } }]),
  ],
  [
    'bulkWrite, replaceOne',
    ({ model, id }) => model.bulkWrite([{ replaceOne: { filter: { _id: id, userId: 'alice' }, replacement } }]),
  ],
  [
    'bulkWrite, deleteOne',
    ({ model, id }) => model.bulkWrite([{ deleteOne: { filter: { _id: id, userId: 'alice' } } }]),
  ],
];

/** Each adds a conversation of Alice's. */
const insertions: readonly (readonly [name: string, operation: Operation])[] = [
  ['create', ({ model }) => model.create(replacement)],
  ['insertMany', ({ model }) => model.insertMany([replacement, replacement])],
  ['insertMany of documents', ({ model }) => model.insertMany([new model(replacement)])],
  ['insertMany of one', ({ model }) => model.insertMany(replacement as never)],
  ['bulkWrite, insertOne', ({ model }) => model.bulkWrite([{ insertOne: { document: replacement } }])],
  ['bulkSave of a new one', ({ model }) => model.bulkSave([new model(replacement)])],
  [
    'updateOne with upsert',
    ({ model }) => model.updateOne({ userId: 'alice', title: 'new' }, { number: 1 }, { upsert: true }),
  ],
];

describe.each(mongooses)('%s', (_, mongoose) => {
  let connection: Connection;
  let close: () => Promise<void>;
  let cache: TestCache;
  let model: ConversationModel;
  let id: string;

  beforeAll(async () => {
    ({ connection, close } = await openDatabase(mongoose));
    cache = createCache();
    model = conversationModel(mongoose, connection, cache);
  });
  afterAll(() => close());

  const keys = () =>
    [['conversation', id], ['conversation', 'another'], ['conversations', { page: 1 }], ['profile']] as const;

  beforeEach(async () => {
    await model.deleteMany({}).setOptions({ userCache: false });
    const created = await model.create({ userId: 'alice', title: 'old', number: 7 });
    id = created.id;
    for (const user of ['alice', 'bob']) {
      for (const key of keys()) await cache.forUser(user).set(key, 'old');
    }
  });

  const left = (user: string) => cache.forUser(user).getMany(keys());
  const old = ['old', 'old', 'old', 'old'];

  it.each(ofOne)('%s forgets what it makes stale, and nothing else', async (_, operation) => {
    const before = await model.findById(id).lean();
    await operation({ model, id });
    expect(await model.findById(id).lean()).not.toEqual(before);
    expect(await left('alice')).toEqual([undefined, 'old', undefined, 'old']);
    expect(await left('bob')).toEqual(old);
  });

  it.each(insertions)('%s forgets the lists, and no other conversation', async (_, operation) => {
    const before = await model.countDocuments();
    await operation({ model, id });
    expect(await model.countDocuments()).toBeGreaterThan(before);
    const [known, another, list, profile] = await left('alice');
    expect([list, profile]).toEqual([undefined, 'old']);
    // An upsert does not tell the _id, so it forgets them all.
    expect([known, another]).toEqual(operation === insertions.at(-1)?.[1] ? [undefined, undefined] : ['old', 'old']);
    expect(await left('bob')).toEqual(old);
  });

  it('what no filter tells cuts the key: updateMany of all conversations of a user forgets all of them', async () => {
    await model.updateMany({ userId: 'alice' }, { title: 'new' });
    expect(await left('alice')).toEqual([undefined, undefined, undefined, 'old']);
  });

  it('a write that fails forgets all the same, and loads are stored again', async () => {
    await model.collection.createIndex({ title: 1 }, { unique: true, name: 'title' }, {});
    try {
      await model.create({ userId: 'bob', title: 'taken', number: 1 });
      const writes: Operation[] = [
        () => model.updateOne({ _id: id, userId: 'alice' }, { title: 'taken' }),
        async (of) => (await loaded(of)).set({ title: 'taken' }).save(),
        async (of) => model.bulkSave([(await loaded(of)).set({ title: 'taken' })]),
        () => model.insertMany([{ ...replacement, title: 'taken' }]),
        () => model.bulkWrite([{ updateOne: { filter: { _id: id, userId: 'alice' }, update: { title: 'taken' } } }]),
      ];
      for (const write of writes) {
        await cache.forUser('alice').set(['conversations'], 'old');
        await expect(write({ model, id })).rejects.toMatchObject({ message: /E11000/ });
        expect(await cache.forUser('alice').getOrSet(['conversations'], () => 'new')).toBe('new');
        expect(await cache.forUser('alice').get(['conversations'])).toBe('new');
      }
    } finally {
      await model.collection.dropIndex('title');
    }
  });

  it('a document that is not valid is not written, and loads are stored', async () => {
    await expect(new model({ title: 'nobody' }).save()).rejects.toThrow(/userId/);
    await expect(model.create([{ ...replacement, number: 'x' as never }])).rejects.toThrow(/number/);
    await cache.forUser('alice').set(['conversations'], 'stored');
    expect(await cache.forUser('alice').get(['conversations'])).toBe('stored');
  });

  it('two insertMany at once each release their own hold', async () => {
    await Promise.all([
      model.insertMany([replacement]),
      model.insertMany([replacement]),
      model.insertMany([replacement]),
    ]);
    await cache.forUser('alice').getOrSet(['conversations'], () => 'new');
    expect(await cache.forUser('alice').get(['conversations'])).toBe('new');
  });
});
