import type { Connection, Mongoose } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invalidateUserCache } from '../../src/mongoose/index.js';
import {
  type ConversationModel,
  conversationModel,
  createCache,
  mongooses,
  openDatabase,
  type TestCache,
} from './support.js';

type Write = (model: ConversationModel) => PromiseLike<unknown>;

/** None of these says whose rows it changes. */
const untold: readonly (readonly [name: string, write: Write])[] = [
  ['updateMany of everything', (model) => model.updateMany({}, { title: 'new' })],
  ['deleteMany of everything', (model) => model.deleteMany()],
  ['an _id alone', (model) => model.deleteOne({ _id: '65f0c0ffee0000000000abcd' })],
  ['another field alone', (model) => model.updateMany({ title: 'old' }, { title: 'new' })],
  ['an owner in the update alone', (model) => model.updateOne({ title: 'old' }, { userId: 'alice' })],
  ['an owner that is compared', (model) => model.updateMany({ userId: { $ne: 'bob' } }, { title: 'new' })],
  ['an owner by pattern', (model) => model.updateMany({ userId: /^a/ }, { title: 'new' })],
  ['an owner by pattern in $in', (model) => model.updateMany({ userId: { $in: [/^a/] } }, { title: 'new' })],
  ['an owner that is undefined', (model) => model.updateMany({ userId: undefined as never }, { title: 'new' })],
  ['an owner that is empty', (model) => model.updateMany({ userId: '' }, { title: 'new' })],
  ['$or of which one branch tells', (model) => model.updateMany({ $or: [{ userId: 'alice' }, { title: 'old' }] }, {})],
  ['$nor', (model) => model.updateMany({ $nor: [{ userId: 'alice' }] }, { title: 'new' })],
  [
    'an owner that is computed',
    (model) => model.updateOne({ userId: 'alice' }, [{ $set: { userId: '$title' } }], { updatePipeline: true }),
  ],
  [
    'a row that is replaced by what is computed',
    (model) => model.updateOne({ userId: 'alice' }, [{ $replaceWith: { userId: 'bob' } }], { updatePipeline: true }),
  ],
  [
    'a field that becomes the owner',
    (model) => model.updateMany({ userId: 'alice' }, { $rename: { title: 'userId' } }),
  ],
  [
    'an owner under a collation, where other names are equal to it',
    (model) => model.updateMany({ userId: 'ALICE' }, { title: 'new' }).collation({ locale: 'en', strength: 2 }),
  ],
  [
    'an owner under a collation in a bulkWrite',
    (model) =>
      model.bulkWrite([{ deleteMany: { filter: { userId: 'ALICE' }, collation: { locale: 'en', strength: 2 } } }]),
  ],
  ['findOneAndDelete', (model) => model.findOneAndDelete({ title: 'old' })],
  [
    'one of a bulkWrite',
    (model) => model.bulkWrite([{ deleteMany: { filter: { userId: 'alice' } } }, { deleteMany: { filter: {} } }]),
  ],
  [
    'a document whose owner was not selected',
    async (model) => (await model.findOne({ userId: 'alice' }).select('title').orFail()).set({ title: 'new' }).save(),
  ],
];

const told: readonly (readonly [name: string, write: Write, owners: readonly string[]])[] = [
  ['a value', (model) => model.updateMany({ userId: 'alice' }, { title: 'new' }), ['alice']],
  ['$eq', (model) => model.updateMany({ userId: { $eq: 'alice' } }, { title: 'new' }), ['alice']],
  ['$in', (model) => model.updateMany({ userId: { $in: ['alice', 'bob'] } }, { title: 'new' }), ['alice', 'bob']],
  ['$and', (model) => model.updateMany({ $and: [{ title: 'old' }, { userId: 'alice' }] }, { title: 'new' }), ['alice']],
  [
    '$or of which all tell',
    (model) => model.updateMany({ $or: [{ userId: 'alice' }, { userId: 'bob', title: 'x' }] }, { title: 'new' }),
    ['alice', 'bob'],
  ],
  [
    'a row that changes hands',
    (model) => model.updateOne({ userId: 'alice' }, { $set: { userId: 'bob' } }),
    ['alice', 'bob'],
  ],
  [
    'a row that changes hands, without $set',
    (model) => model.updateOne({ userId: 'alice' }, { userId: 'bob' }),
    ['alice', 'bob'],
  ],
  [
    'a row that changes hands in a pipeline',
    (model) => model.updateOne({ userId: 'alice' }, [{ $set: { userId: 'bob' } }], { updatePipeline: true }),
    ['alice', 'bob'],
  ],
  [
    'a replacement',
    (model) => model.replaceOne({ userId: 'alice' }, { userId: 'bob', title: 'x', number: 1 }),
    ['alice', 'bob'],
  ],
  [
    "a row of nobody's that becomes somebody's",
    (model) => model.updateMany({ userId: null }, { userId: 'bob' }),
    ['bob'],
  ],
  [
    'several documents',
    (model) =>
      model.insertMany([
        { userId: 'alice', title: 'x', number: 1 },
        { userId: 'bob', title: 'y', number: 1 },
      ]),
    ['alice', 'bob'],
  ],
  [
    'a document that changes hands',
    async (model) => (await model.findOne({ userId: 'alice' }).orFail()).set({ userId: 'bob' }).save(),
    ['alice', 'bob'],
  ],
  [
    'an update of a document that changes hands',
    async (model) => {
      await (await model.findOne({ userId: 'alice' }).orFail()).updateOne({ userId: 'bob' });
    },
    ['alice', 'bob'],
  ],
  [
    'the option of a query',
    (model) => model.updateMany({}, { title: 'new' }).setOptions({ userCache: { owners: ['alice'] } }),
    ['alice'],
  ],
  [
    'the option of a bulkWrite',
    (model) => model.bulkWrite([{ deleteMany: { filter: {} } }], { userCache: { owners: ['bob'] } }),
    ['bob'],
  ],
  [
    'an option that says nobody',
    (model) => model.updateMany({}, { title: 'new' }).setOptions({ userCache: false }),
    [],
  ],
  [
    'an option of save that says nobody',
    (model) => model.create([{ userId: 'alice', title: 'x', number: 1 }], { userCache: false }),
    [],
  ],
];

describe.each(mongooses)('owners in %s', (_, mongoose: Mongoose) => {
  let connection: Connection;
  let close: () => Promise<void>;
  let cache: TestCache;
  let model: ConversationModel;

  beforeAll(async () => {
    ({ connection, close } = await openDatabase(mongoose));
    cache = createCache();
    model = conversationModel(mongoose, connection, cache);
  });
  afterAll(() => close());

  async function reset(): Promise<void> {
    await model.deleteMany().setOptions({ userCache: false });
    await model.create({ userId: 'alice', title: 'old', number: 1 });
    for (const user of ['alice', 'bob', 'carol']) await cache.forUser(user).set(['conversations'], 'old');
  }

  async function forgotten(users: readonly (string | number)[]): Promise<(string | number)[]> {
    const values = await Promise.all(users.map((user) => cache.forUser(user).get(['conversations'])));
    return users.filter((_, index) => values[index] === undefined);
  }

  it.each(untold)('%s is refused before the database is asked', async (_, write) => {
    await reset();
    const before = await model.find().lean();
    await expect(write(model)).rejects.toMatchObject({
      code: 'ERR_UC_OWNER_UNKNOWN',
      message: /Conversation\.\w+.*'userId'/,
    });
    expect(await model.find().lean()).toEqual(before);
    expect(await forgotten(['alice', 'bob'])).toEqual([]);
  });

  it.each(told)('%s tells', async (_, write, owners) => {
    await reset();
    await write(model);
    expect(await forgotten(['alice', 'bob', 'carol'])).toEqual(owners);
  });

  it('an option that cannot be right is refused', async () => {
    const query = model.updateOne({ userId: 'alice' }, {}).setOptions({ userCache: { owner: 'alice' } as never });
    await expect(query).rejects.toMatchObject({ code: 'ERR_UC_BAD_OPTION' });
  });

  it('the message of a refusal names no value', async () => {
    const error: unknown = await model.deleteMany({ title: 'private' }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(error)).not.toContain('private');
  });

  describe('of other types', () => {
    function modelOf(name: string, owner: unknown) {
      const schema = new mongoose.Schema({
        account: { id: owner },
        number: Number,
        big: BigInt,
        flag: Boolean,
        tags: [String],
      });
      const keys = { conversations: [], byNumber: ['number'], conversation: ['big', 'flag', 'tags', 'number'] };
      schema.plugin(invalidateUserCache({ cache, owner: 'account.id', keys }));
      return connection.model(name, schema);
    }

    it('a number is also the user whose id is its text, and the other way round', async () => {
      const numbered = modelOf('Numbered', Number);
      const named = modelOf('Named', String);
      for (const write of [
        () => numbered.create({ account: { id: 42 } }),
        () => numbered.updateOne({ 'account.id': '42' }, { number: 1 }),
        () => named.updateOne({ 'account.id': 42 }, { number: 1 }),
        () => named.updateOne({ account: { id: '42' } }, { number: 1 }),
      ]) {
        for (const user of [42, '42', '042', 43]) await cache.forUser(user).set(['conversations'], 'old');
        await write();
        expect(await forgotten([42, '42', '042', 43])).toEqual([42, '42']);
      }
    });

    it('an ObjectId is the user whose id is its text', async () => {
      const owned = modelOf('Owned', mongoose.Schema.Types.ObjectId);
      const id = new mongoose.Types.ObjectId();
      for (const write of [
        () => owned.create({ account: { id } }),
        () => owned.updateOne({ 'account.id': id.toHexString().toUpperCase() }, { number: 1 }),
      ]) {
        await cache.forUser(id.toHexString()).set(['conversations'], 'old');
        await write();
        expect(await forgotten([id.toHexString()])).toEqual([id.toHexString()]);
      }
    });

    it('a number in a key is also its text, a bigint too; what no route carries cuts the key', async () => {
      const named = modelOf('Keyed', String);
      const alice = cache.forUser('alice');
      const keys = [
        ['byNumber', 7],
        ['byNumber', '7'],
        ['byNumber', 8],
        ['conversation', 5n, true, 'anything'],
        ['conversation', '5', 'true'],
        ['conversation', 5, true, 'deep', 1],
        ['conversation', 6, true],
      ] as const;
      for (const key of keys) await alice.set(key, 'old');
      await named.create({ account: { id: 'alice' }, number: 7, big: 5n, flag: true, tags: ['x'] });
      const left = await alice.getMany(keys);
      expect(left).toEqual([undefined, undefined, 'old', undefined, undefined, undefined, 'old']);
    });
  });

  it('a field of a key that changes cuts the key: the old one and the new one are stale', async () => {
    const alice = cache.forUser('alice');
    const changes: Write[] = [
      (all) => all.updateOne({ userId: 'alice', number: 1 }, { number: 2 }),
      (all) => all.updateOne({ userId: 'alice', number: 1 }, { $inc: { number: 1 } }),
      async (all) => (await all.findOne({ userId: 'alice' }).orFail()).set({ number: 2 }).save(),
    ];
    for (const change of changes) {
      await reset();
      for (const number of [1, 2]) await alice.set(['byNumber', number], 'old');
      await change(model);
      expect(
        await alice.getMany([
          ['byNumber', 1],
          ['byNumber', 2],
        ]),
      ).toEqual([undefined, undefined]);
    }
  });

  it('more values than keys are worth cut the key', async () => {
    await reset();
    const alice = cache.forUser('alice');
    await alice.set(['byNumber', 1_000], 'old');
    await model.updateMany(
      { userId: 'alice', number: { $in: Array.from({ length: 40 }, (_, n) => n) } },
      { title: 'x' },
    );
    expect(await alice.get(['byNumber', 1_000])).toBeUndefined();
  });

  it('hundreds of owners in one operation are all told', async () => {
    const users = Array.from({ length: 200 }, (_, n) => `user-${n}`);
    for (const user of users) await cache.forUser(user).set(['conversations'], 'old');
    await model.updateMany({ userId: { $in: users } }, { title: 'new' });
    expect(await forgotten(users)).toEqual(users);
  });

  it('a discriminator inherits the plugin', async () => {
    const kind = model.discriminator(`Kind${mongoose.version}`, new mongoose.Schema({ extra: String }));
    for (const write of [
      () => kind.insertMany([{ userId: 'alice', title: 'x', number: 1, extra: 'e' }]),
      () => kind.updateOne({ userId: 'alice' }, { extra: 'f' }),
      async () => (await kind.findOne({ userId: 'alice' }).orFail()).deleteOne(),
    ]) {
      await cache.forUser('alice').set(['conversations'], 'old');
      await write();
      expect(await forgotten(['alice'])).toEqual(['alice']);
    }
  });
});
