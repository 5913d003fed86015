import { Types } from 'mongoose';
import { expect, it } from 'vitest';

import type { Contract } from './contract-setup.js';

const day = (date: number) => new Date(Date.UTC(2026, 0, date));

/** What the app needs of a database when it reads. Every expectation is MongoDB's documented behaviour. */
export function readCases(contract: () => Contract): void {
  async function writeNotes(count: number): Promise<Types.ObjectId> {
    const owner = new Types.ObjectId();
    await contract().notes.insertMany(
      Array.from({ length: count }, (_, index) => ({
        owner,
        title: `Note ${index}`,
        rank: index % 3,
        at: day(index + 1),
      })),
    );
    return owner;
  }

  it('an ObjectId finds its document by value, as an id, as a reference and in a list', async () => {
    const { notes } = contract();
    const owner = await writeNotes(2);
    const sameOwner = new Types.ObjectId(owner.toHexString());
    expect(await notes.countDocuments({ owner: sameOwner })).toBe(2);
    expect(await notes.countDocuments({ owner: { $in: [new Types.ObjectId(), sameOwner] } })).toBe(2);
    expect(await notes.countDocuments({ owner: { $ne: sameOwner } })).toBe(0);
  });

  it('sorting by _id is sorting by age, and $lt on _id reads the page before', async () => {
    const { notes } = contract();
    await writeNotes(30);
    const ids = (await notes.find().sort({ _id: 1 }).lean()).map(({ _id }) => _id.toHexString());
    expect(ids).toEqual([...ids].sort());
    const page = await notes
      .find({ _id: { $lt: new Types.ObjectId(ids[10]) } })
      .sort({ _id: -1 })
      .limit(3)
      .lean();
    expect(page.map(({ _id }) => _id.toHexString())).toEqual([ids[9], ids[8], ids[7]]);
  });

  it('pages by sort, skip and limit cover everything once, with a total beside them', async () => {
    const { notes } = contract();
    const owner = await writeNotes(25);
    const total = await notes.countDocuments({ owner });
    const pages = await Promise.all(
      [0, 10, 20].map((skip) => notes.find({ owner }).sort({ at: -1 }).skip(skip).limit(10).lean()),
    );
    expect(total).toBe(25);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat().map(({ title }) => title)).toEqual(
      Array.from({ length: 25 }, (_, index) => `Note ${24 - index}`),
    );
  });

  it('a sort by two fields goes by the first and then by the second', async () => {
    const { notes } = contract();
    await writeNotes(6);
    const found = await notes.find().sort({ rank: 1, at: -1 }).lean();
    expect(found.map(({ title }) => title)).toEqual(['Note 3', 'Note 0', 'Note 4', 'Note 1', 'Note 5', 'Note 2']);
  });

  it('a range of dates takes its bounds as they are written', async () => {
    const { notes } = contract();
    await writeNotes(10);
    expect(await notes.countDocuments({ at: { $gte: day(3), $lt: day(6) } })).toBe(3);
    expect(await notes.countDocuments({ at: { $gt: day(3), $lte: day(6) } })).toBe(3);
    expect(await notes.countDocuments({ at: day(3) })).toBe(1);
  });

  it('$regex finds a part of a text, and with the option i in any case', async () => {
    const { notes } = contract();
    await writeNotes(3);
    expect(await notes.countDocuments({ title: { $regex: 'note 1' } })).toBe(0);
    expect(await notes.countDocuments({ title: { $regex: 'note 1', $options: 'i' } })).toBe(1);
    expect(await notes.countDocuments({ title: /^note/i })).toBe(3);
  });

  it('$or, $and, $nin and $exists combine', async () => {
    const { notes } = contract();
    await writeNotes(6);
    expect(await notes.countDocuments({ $or: [{ rank: 0 }, { title: 'Note 1' }] })).toBe(3);
    expect(await notes.countDocuments({ $and: [{ rank: 0 }, { title: { $nin: ['Note 0'] } }] })).toBe(1);
    expect(await notes.countDocuments({ settings: { $exists: false } })).toBe(6);
  });

  it('a value finds the documents whose array holds it', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany([
      { owner, title: 'a', tags: ['red', 'blue'] },
      { owner, title: 'b', tags: ['green'] },
    ]);
    expect(await notes.find({ tags: 'red' }).distinct('title')).toEqual(['a']);
    expect((await notes.distinct('tags')).sort()).toEqual(['blue', 'green', 'red']);
  });

  it('null finds a field that is null or missing', async () => {
    const { notes } = contract();
    const owner = new Types.ObjectId();
    await notes.insertMany([
      { owner, title: 'a' },
      { owner, title: 'b', rank: null },
      { owner, title: 'c', rank: 1 },
    ]);
    expect(await notes.countDocuments({ rank: null })).toBe(2);
  });

  it('a projection gives the fields that are asked for, or all but those that are not wanted', async () => {
    const { notes } = contract();
    const { _id } = await notes.create({
      owner: new Types.ObjectId(),
      title: 'a',
      rank: 1,
      settings: { model: 'small', temperature: 1 },
    });
    expect(Object.keys((await notes.findById(_id, { title: 1 }).lean()) ?? {}).sort()).toEqual(['_id', 'title']);
    expect(await notes.findById(_id, { title: 1, _id: 0 }).lean()).toEqual({ title: 'a' });
    expect(await notes.findById(_id, { rank: 0 }).lean()).not.toHaveProperty('rank');
    expect(await notes.findById(_id, { rank: 0 }).lean()).toMatchObject({ title: 'a', settings: { model: 'small' } });
  });

  it('populate follows a reference', async () => {
    const { users, notes } = contract();
    const { _id: owner } = await users.create({ email: 'ada@example.org' });
    await notes.create({ owner, title: 'a' });
    const [note] = await notes.find().populate<{ owner: { email: string } }>('owner');
    expect(note?.owner.email).toBe('ada@example.org');
  });

  it('a cursor with a small batch size gives every document once', async () => {
    const { notes } = contract();
    await writeNotes(23);
    const titles = new Set<string>();
    for await (const { title } of notes.find().cursor({ batchSize: 4 })) titles.add(title);
    expect(titles.size).toBe(23);
  });

  it('a cursor that is left early does not disturb the next query', async () => {
    const { notes } = contract();
    await writeNotes(10);
    for await (const { title } of notes.find().cursor({ batchSize: 2 })) {
      expect(title).toBeTypeOf('string');
      break;
    }
    expect(await notes.countDocuments()).toBe(10);
  });

  it('an aggregation groups, sums, sorts and limits', async () => {
    const { notes } = contract();
    const owner = await writeNotes(7);
    const groups = await notes.aggregate<{ _id: number; notes: number }>([
      { $match: { owner } },
      { $group: { _id: '$rank', notes: { $sum: 1 } } },
      { $sort: { notes: -1, _id: 1 } },
      { $limit: 2 },
    ]);
    expect(groups).toEqual([
      { _id: 0, notes: 3 },
      { _id: 1, notes: 2 },
    ]);
  });

  it('an aggregation groups by ObjectId', async () => {
    const { notes } = contract();
    const owners = [await writeNotes(2), await writeNotes(3)];
    const groups = await notes.aggregate<{ _id: Types.ObjectId; notes: number }>([
      { $group: { _id: '$owner', notes: { $sum: 1 } } },
    ]);
    const byOwner = Object.fromEntries(groups.map(({ _id, notes: count }) => [_id.toHexString(), count]));
    expect(byOwner).toEqual({ [String(owners[0])]: 2, [String(owners[1])]: 3 });
  });

  it('exists, findOne and estimatedDocumentCount answer for an empty collection', async () => {
    const { notes } = contract();
    expect(await notes.exists({ title: 'a' })).toBeNull();
    expect(await notes.findOne({ title: 'a' })).toBeNull();
    expect(await notes.estimatedDocumentCount()).toBe(0);
    expect(await notes.countDocuments({ title: 'a' })).toBe(0);
  });
}
