import { Types } from 'mongoose';
import { expect, it } from 'vitest';

import type { Contract } from './contract-setup.js';

/** What MongoDB documents and FerretDB 1.24 does otherwise: the app may rely on none of it for its isolation. */
export function strictCases(contract: () => Contract): void {
  it('an update to a value that is unique to another document is error 11000', async ({ skip }) => {
    const { users, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB answers with error 1');
    await users.create([{ email: 'ada@example.org' }, { email: 'bob@example.org' }]);
    const update = users.updateOne({ email: 'bob@example.org' }, { email: 'ada@example.org' });
    await expect(update).rejects.toMatchObject({ code: 11000 });
    expect(await users.countDocuments({ email: 'bob@example.org' })).toBe(1);
  });

  it('a unique index over documents that contradict it is error 11000', async ({ skip }) => {
    const { notes, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB answers with error 1');
    const owner = new Types.ObjectId();
    await notes.insertMany([
      { owner, title: 'same' },
      { owner, title: 'same' },
    ]);
    await expect(notes.collection.createIndex({ title: 1 }, { unique: true }, {})).rejects.toMatchObject({
      code: 11000,
    });
  });

  it('concurrent increments are all counted', async ({ skip }) => {
    const { users, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB loses some: its updates read and write in two steps');
    const { _id } = await users.create({ email: 'ada@example.org' });
    await Promise.all(Array.from({ length: 20 }, () => users.updateOne({ _id }, { $inc: { visits: 1 } })));
    expect((await users.findById(_id))?.visits).toBe(20);
  });

  it('findOneAndUpdate gives only the fields that are asked for', async ({ skip }) => {
    const { users, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB has no projection there');
    const { _id } = await users.create({ email: 'ada@example.org' });
    const options = { projection: { email: 1 }, returnDocument: 'after' } as const;
    const found = await users.findOneAndUpdate({ _id }, { name: 'Ada' }, options).lean();
    expect(Object.entries(found ?? {})).toEqual([
      ['_id', _id],
      ['email', 'ada@example.org'],
    ]);
  });

  it('a lookup joins another collection', async ({ skip }) => {
    const { users, notes, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB has no $lookup');
    const { _id: owner } = await users.create({ email: 'ada@example.org' });
    await notes.create({ owner, title: 'a' });
    const joined = await notes.aggregate<{ users: { email: string }[] }>([
      { $lookup: { from: 'users', localField: 'owner', foreignField: '_id', as: 'users' } },
    ]);
    expect(joined[0]?.users[0]?.email).toBe('ada@example.org');
  });

  it('an update by pipeline computes from the document', async ({ skip }) => {
    const { users, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB has no updates by pipeline');
    const { _id } = await users.create({ email: 'ada@example.org', visits: 2 });
    await users.updateOne({ _id }, [{ $set: { visits: { $multiply: ['$visits', 10] } } }], { updatePipeline: true });
    expect((await users.findById(_id))?.visits).toBe(20);
  });

  it('$push with $each, $sort and $slice keeps the last ones, also on a field that is new', async ({ skip }) => {
    const { users, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB takes $sort and $slice, and ignores them');
    const { _id } = await users.create({ email: 'ada@example.org' });
    const push = (...values: number[]) =>
      users.collection.updateOne({ _id }, { $push: { scores: { $each: values, $sort: 1, $slice: -3 } } } as object);
    await push(4, 1, 3, 2);
    expect((await users.collection.findOne({ _id }))?.scores).toEqual([2, 3, 4]);
    await push(9);
    expect((await users.collection.findOne({ _id }))?.scores).toEqual([3, 4, 9]);
  });

  it('the positional $ and array filters change the element that matched', async ({ skip }) => {
    const { notes, isFerretdb } = contract();
    skip(isFerretdb, 'FerretDB has no positional updates');
    const { _id } = await notes.create({ owner: new Types.ObjectId(), title: 'a', tags: ['x', 'y', 'z'] });
    await notes.updateOne({ _id, tags: 'y' }, { $set: { 'tags.$': 'Y' } });
    await notes.updateOne({ _id }, { $set: { 'tags.$[t]': 'Z' } }, { arrayFilters: [{ t: 'z' }] });
    expect((await notes.findById(_id).lean())?.tags).toEqual(['x', 'Y', 'Z']);
  });

  it('an $inc of a text is refused and changes nothing', async () => {
    const { users } = contract();
    const { _id } = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await expect(users.collection.updateOne({ _id }, { $inc: { name: 1 } })).rejects.toMatchObject({
      code: 14,
    });
    expect((await users.findById(_id))?.name).toBe('Ada');
  });

  it('the _id of a document cannot be changed', async () => {
    const { users } = contract();
    const { _id } = await users.create({ email: 'ada@example.org' });
    await expect(users.collection.updateOne({ _id }, { $set: { _id: new Types.ObjectId() } })).rejects.toMatchObject({
      code: 66,
    });
    expect(await users.countDocuments({ _id })).toBe(1);
  });
}
