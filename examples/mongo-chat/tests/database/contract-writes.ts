import { Types } from 'mongoose';
import { expect, it } from 'vitest';

import type { Contract } from './contract-setup.js';

/** What the app needs of a database when it writes. Every expectation is MongoDB's documented behaviour. */
export function writeCases(contract: () => Contract): void {
  it('a created document has its timestamps and defaults, and is read back as it was written', async () => {
    const { users } = contract();
    const created = await users.create({ email: 'ada@example.org', name: 'Ada' });
    const found = await users.findById(created._id).lean();
    expect(found).toMatchObject({ email: 'ada@example.org', name: 'Ada', visits: 0 });
    expect(found?._id.equals(created._id)).toBe(true);
    expect(found?.createdAt).toEqual(created.createdAt);
  });

  it('a unique index refuses a second document with error 11000', async () => {
    const { users } = contract();
    await users.create({ email: 'ada@example.org' });
    await expect(users.create({ email: 'ada@example.org' })).rejects.toMatchObject({ code: 11000 });
    expect(await users.countDocuments()).toBe(1);
  });

  it('an _id that is taken is refused with error 11000', async () => {
    const { users } = contract();
    const { _id } = await users.create({ email: 'ada@example.org' });
    await expect(users.create({ _id, email: 'bob@example.org' })).rejects.toMatchObject({ code: 11000 });
  });

  it('a bulk insert stores every document', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany(Array.from({ length: 250 }, (_, rank) => ({ owner, title: `note ${rank}`, rank })));
    expect(await notes.countDocuments({ owner })).toBe(250);
  });

  it('an unordered bulk insert stores the documents behind a duplicate', async () => {
    const { users } = contract();
    await users.create({ email: 'b@example.org' });
    const emails = ['a@example.org', 'b@example.org', 'c@example.org'].map((email) => ({ email }));
    await expect(users.insertMany(emails, { ordered: false })).rejects.toMatchObject({ code: 11000 });
    expect(await users.distinct('email')).toHaveLength(3);
  });

  it('an ordered bulk insert stops at a duplicate', async () => {
    const { users } = contract();
    await users.create({ email: 'b@example.org' });
    const emails = ['a@example.org', 'b@example.org', 'c@example.org'].map((email) => ({ email }));
    await expect(users.insertMany(emails)).rejects.toMatchObject({ code: 11000 });
    expect((await users.distinct('email')).sort()).toEqual(['a@example.org', 'b@example.org']);
  });

  it('updateOne changes one of those that match', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany(['a', 'b'].map((title) => ({ owner, title })));
    expect(await notes.updateOne({ owner }, { archived: true })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await notes.countDocuments({ archived: true })).toBe(1);
  });

  it('findOneAndUpdate gives the new document when asked, and the old one when not', async () => {
    const { users } = contract();
    const { _id } = await users.create({ email: 'ada@example.org', visits: 1 });
    const after = await users.findOneAndUpdate({ _id }, { $inc: { visits: 1 } }, { returnDocument: 'after' });
    expect(after?.visits).toBe(2);
    const before = await users.findOneAndUpdate({ _id }, { $inc: { visits: 1 } }, { returnDocument: 'before' });
    expect(before?.visits).toBe(2);
    expect((await users.findById(_id))?.visits).toBe(3);
  });

  it('findOneAndUpdate of nothing is null', async () => {
    const { users } = contract();
    expect(
      await users.findOneAndUpdate({ _id: new Types.ObjectId() }, { name: 'x' }, { returnDocument: 'after' }),
    ).toBeNull();
  });

  it('findOneAndUpdate with a filter on the owner leaves the document of another owner alone', async () => {
    const { notes } = contract();
    const { _id } = await notes.create({ owner: new Types.ObjectId(), title: 'mine' });
    const stolen = await notes.findOneAndUpdate({ _id, owner: new Types.ObjectId() }, { title: 'stolen' });
    expect(stolen).toBeNull();
    expect((await notes.findById(_id))?.title).toBe('mine');
  });

  it('an upsert inserts once, with the equalities of its filter and its $setOnInsert, and updates afterwards', async () => {
    const { users } = contract();
    const upsert = (name: string) =>
      users.findOneAndUpdate(
        { email: 'ada@example.org' },
        { $set: { name }, $setOnInsert: { visits: 7 } },
        { upsert: true, returnDocument: 'after' },
      );
    expect(await upsert('Ada')).toMatchObject({ email: 'ada@example.org', name: 'Ada', visits: 7 });
    await users.updateOne({ email: 'ada@example.org' }, { visits: 8 });
    expect(await upsert('Ada L.')).toMatchObject({ name: 'Ada L.', visits: 8 });
    expect(await users.countDocuments()).toBe(1);
  });

  it('updateMany counts what matched and what changed', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany([
      { owner, title: 'a', archived: true },
      { owner, title: 'b' },
      { owner, title: 'c' },
    ]);
    const result = await notes.updateMany({ owner }, { $set: { archived: true } }, { timestamps: false });
    expect(result).toMatchObject({ matchedCount: 3, modifiedCount: 2 });
  });

  it('$push, $addToSet and $pull change an array, $unset removes a field', async () => {
    const { notes } = contract();
    const { _id } = await notes.create({ owner: new Types.ObjectId(), title: 'a', tags: ['x'], rank: 1 });
    await notes.updateOne({ _id }, { $push: { tags: 'y' } });
    await notes.updateOne({ _id }, { $addToSet: { tags: 'x' } });
    expect((await notes.findById(_id).lean())?.tags).toEqual(['x', 'y']);
    await notes.updateOne({ _id }, { $pull: { tags: 'x' }, $unset: { rank: 1 } });
    const found = await notes.findById(_id).lean();
    expect(found?.tags).toEqual(['y']);
    expect(found).not.toHaveProperty('rank');
  });

  it('a dotted path sets one field of a nested document', async () => {
    const { notes } = contract();
    const { _id } = await notes.create({
      owner: new Types.ObjectId(),
      title: 'a',
      settings: { model: 'small', temperature: 1 },
    });
    await notes.updateOne({ _id }, { $set: { 'settings.model': 'large' } });
    expect((await notes.findById(_id).lean())?.settings).toMatchObject({ model: 'large', temperature: 1 });
  });

  it('save writes what was changed on a document', async () => {
    const { users } = contract();
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    user.name = 'Ada L.';
    await user.save();
    expect((await users.findById(user._id))?.name).toBe('Ada L.');
  });

  it('deleteOne takes one, deleteMany all that match, findOneAndDelete gives what it took', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany(['a', 'b', 'c', 'd'].map((title) => ({ owner, title })));
    expect(await notes.deleteOne({ owner })).toMatchObject({ deletedCount: 1 });
    expect((await notes.findOneAndDelete({ owner, title: 'd' }))?.title).toBe('d');
    expect(await notes.deleteMany({ owner })).toMatchObject({ deletedCount: 2 });
    expect(await notes.countDocuments()).toBe(0);
  });
}
