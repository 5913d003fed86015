import fc from 'fast-check';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toldByFilter, toldByUpdate, UNTOLD, valueAt } from '../../src/mongoose/told.js';
import { SEED } from '../support/proof.js';
import { openDatabase } from './support.js';

const users = ['alice', 'bob', 'carol'];

/** Filters on the owner and another field, as anybody may write them. */
const { filter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.record({ userId: fc.constantFrom<unknown>(...users, null, /^a/) }),
    fc.record({ userId: fc.record({ $eq: fc.constantFrom(...users) }) }),
    fc.record({
      userId: fc.record({ $in: fc.array(fc.constantFrom<unknown>(...users, null, /^b/), { maxLength: 3 }) }),
    }),
    fc.record({ userId: fc.record({ $ne: fc.constantFrom(...users) }) }),
    fc.record({ userId: fc.record({ $in: fc.constant(users), $nin: fc.array(fc.constantFrom(...users)) }) }),
    fc.record({ userId: fc.record({ $gte: fc.constant('b') }) }),
    fc.record({ number: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ userId: fc.constantFrom(...users), number: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ $and: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ $or: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ $nor: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ userId: fc.constantFrom(...users), $or: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
  ),
}));

describe('what a filter tells', () => {
  let connection: Connection;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ connection, close } = await openDatabase(mongoose));
    const rows = [...users, null].flatMap((userId) => [0, 1, 2].map((number) => ({ userId, number })));
    await connection.collection('rows').insertMany(rows);
  });
  afterAll(() => close());

  it('is true of every document that the database finds', async () => {
    let known = 0;
    await fc.assert(
      fc.asyncProperty(filter, async (one) => {
        const told = toldByFilter(one, 'userId');
        if (!told) return;
        known += 1;
        const found = await connection.collection('rows').find(one).toArray();
        for (const { userId } of found) if (userId !== null) expect(told).toContain(userId);
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(known).toBeGreaterThan(100);
  });
});

describe('what an update tells of a field', () => {
  it.each([
    ['nothing', { title: 'x' }, undefined],
    ['a value', { $set: { 'a.id': 1 } }, [1]],
    ['a value without an operator', { 'a.id': 1 }, [1]],
    ['an object around it', { $set: { a: { id: 1, more: 2 } } }, [1]],
    ['an object around it that lacks it', { $set: { a: { more: 2 } } }, []],
    ['a value for an insertion', { $setOnInsert: { 'a.id': 1 } }, [1]],
    ['two', { $set: { 'a.id': 1 }, $setOnInsert: { a: { id: 2 } } }, [1, 2]],
    ['that it goes', { $unset: { a: 1 } }, undefined],
    ['a sum', { $inc: { 'a.id': 1 } }, UNTOLD],
    ['something below it', { $set: { 'a.id.deep': 1 } }, []],
    ['another field that takes its name', { $rename: { b: 'a' } }, UNTOLD],
    ['stages that leave it alone', [{ $set: { b: '$a.id' } }, { $unset: 'a' }], undefined],
    ['a stage that sets it', [{ $addFields: { 'a.id': 1 } }], [1]],
    ['a stage that computes it', [{ $set: { 'a.id': { $add: ['$b', 1] } } }], UNTOLD],
    ['a stage that computes all', [{ $replaceRoot: { newRoot: '$b' } }], UNTOLD],
    ['a stage that is none', ['$a'], UNTOLD],
  ] as const)('%s', (_, update, told) => {
    expect(toldByUpdate(update, 'a.id')).toEqual(told);
  });

  it('never a value of the prototype', () => {
    expect(valueAt({}, 'constructor')).toBeUndefined();
    expect(toldByFilter(JSON.parse('{"__proto__":{"userId":"alice"}}'), 'userId')).toBeUndefined();
  });
});
