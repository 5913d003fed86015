import { Long, ObjectId } from 'bson';
import { beforeEach, describe, expect, it } from 'vitest';

import { dispatch } from '../src/commands/dispatch.js';
import { Cursors } from '../src/cursors.js';
import { Databases } from '../src/store/databases.js';
import { Transactions } from '../src/transactions.js';

type Document = Record<string, unknown>;

describe('the commands of the stand-in', () => {
  let run: (command: Document) => Document;

  beforeEach(() => {
    const context = {
      databases: new Databases(),
      cursors: new Cursors(),
      transactions: new Transactions(),
      connectionId: 1,
    };
    run = (command) => dispatch({ ...command, $db: 'app' }, context);
    run({
      insert: 'notes',
      documents: [1, 2, 3, 4, 5].map((_id) => ({ _id, tags: ['a', { deep: _id }], nested: { rank: 6 - _id } })),
    });
  });

  const batchOf = (answer: Document) => {
    const { firstBatch, nextBatch } = answer.cursor as { firstBatch?: Document[]; nextBatch?: Document[] };
    return firstBatch ?? nextBatch ?? [];
  };
  const idOf = (answer: Document) => (answer.cursor as { id: Long }).id.toNumber();
  const find = (filter: Document = {}) => batchOf(run({ find: 'notes', filter }));

  it.each(['txnNumber', 'startTransaction', 'autocommit'])(
    'a command with %s alone is refused, as there are no retryable writes',
    (field) => {
      expect(run({ insert: 'notes', documents: [{ _id: 9 }], [field]: 1 })).toMatchObject({
        ok: 0,
        code: 20,
        codeName: 'IllegalOperation',
      });
      expect(find({ _id: 9 })).toEqual([]);
    },
  );

  it('a session id and the general options change nothing', () => {
    expect(run({ count: 'notes', lsid: { id: 1 }, readConcern: { level: 'local' }, maxTimeMS: 1 })).toEqual({
      n: 5,
      ok: 1,
    });
  });

  it('an option that would do nothing is an error', () => {
    expect(run({ find: 'notes', tailable: true })).toMatchObject({
      ok: 0,
      code: 40415,
      errmsg: expect.stringContaining('find.tailable') as string,
    });
    expect(run({ update: 'notes', updates: [{ q: {}, u: { $set: { a: 1 } }, sort: { a: 1 } }] })).toMatchObject({
      writeErrors: [{ code: 40415 }],
    });
  });

  it.each([
    ['a TTL index', { key: { at: 1 }, name: 'ttl', expireAfterSeconds: 60 }, 40415],
    ['a text index', { key: { title: 'text' }, name: 'text' }, 115],
  ])('%s is refused, as nothing would honour it', (_name, index, code) => {
    expect(run({ createIndexes: 'notes', indexes: [index] })).toMatchObject({ ok: 0, code });
  });

  it.each(['$out', '$merge', '$changeStream'])('the stage %s is refused', (stage) => {
    expect(run({ aggregate: 'notes', pipeline: [{ [stage]: 'other' }], cursor: {} })).toMatchObject({
      ok: 0,
      code: 115,
    });
  });

  it.each([
    ['$where', { find: 'notes', filter: { $where: 'true' } }],
    [
      '$function',
      {
        aggregate: 'notes',
        pipeline: [{ $set: { a: { $function: { body: 'x', args: [], lang: 'js' } } } }],
        cursor: {},
      },
    ],
  ])("%s is refused: a client's code does not run here", (_name, command) => {
    expect(run(command)).toMatchObject({ ok: 0, code: 2, errmsg: expect.stringContaining('scriptEnabled') as string });
  });

  it('a bad regular expression is a bad value', () => {
    expect(run({ find: 'notes', filter: { _id: { $regex: '(' } } })).toMatchObject({ ok: 0, code: 2 });
  });

  it('an argument of the wrong kind is named', () => {
    expect(run({ find: 'notes', filter: 'all' })).toMatchObject({
      ok: 0,
      code: 14,
      errmsg: expect.stringContaining('find.filter') as string,
    });
    expect(run({ find: 'notes', limit: -1 })).toMatchObject({ ok: 0, code: 14 });
  });

  it('a cursor gives batches of the size asked for and is gone at its end', () => {
    const first = run({ find: 'notes', batchSize: 2 });
    const more = { getMore: idOf(first), collection: 'notes' };
    expect(batchOf(first)).toHaveLength(2);
    const second = run({ ...more, batchSize: 2 });
    expect([batchOf(second).length, idOf(second)]).toEqual([2, idOf(first)]);
    const third = run({ ...more, batchSize: 2 });
    expect([batchOf(third).length, idOf(third)]).toEqual([1, 0]);
    expect(run(more)).toMatchObject({ ok: 0, code: 43, codeName: 'CursorNotFound' });
  });

  it('a cursor goes on with what its query found, whatever is written meanwhile', () => {
    const id = idOf(run({ find: 'notes', batchSize: 0 }));
    run({
      update: 'notes',
      updates: [{ q: {}, u: { $set: { 'nested.rank': 0 }, $push: { tags: 'b' } }, multi: true }],
    });
    run({ delete: 'notes', deletes: [{ q: { _id: 5 }, limit: 1 }] });
    const rest = batchOf(run({ getMore: id, collection: 'notes' }));
    expect(rest.map(({ nested }) => nested)).toEqual([5, 4, 3, 2, 1].map((rank) => ({ rank })));
  });

  it('a killed cursor is not found again, nor is one of another collection', () => {
    const id = idOf(run({ find: 'notes', batchSize: 1 }));
    expect(run({ getMore: id, collection: 'others' })).toMatchObject({ code: 43 });
    const killed = run({ killCursors: 'notes', cursors: [Long.fromNumber(id), Long.fromNumber(99)] });
    expect(killed).toMatchObject({ cursorsKilled: [Long.fromNumber(id)], cursorsNotFound: [Long.fromNumber(99)] });
    expect(run({ getMore: id, collection: 'notes' })).toMatchObject({ code: 43 });
  });

  it('cursors that nobody ends are bounded: the oldest goes', () => {
    const oldest = idOf(run({ find: 'notes', batchSize: 1 }));
    const newest = Array.from({ length: 500 }, () => idOf(run({ find: 'notes', batchSize: 1 }))).at(-1);
    expect(run({ getMore: oldest, collection: 'notes' })).toMatchObject({ code: 43 });
    expect(run({ getMore: newest, collection: 'notes' })).toMatchObject({ ok: 1 });
  });

  it('a projection or a pipeline leaves the stored documents as they are', () => {
    const before = JSON.stringify(find());
    run({ find: 'notes', projection: { 'nested.rank': 0, tags: 0 } });
    run({ find: 'notes', projection: { 'tags.deep': 0 } });
    run({ aggregate: 'notes', pipeline: [{ $set: { 'nested.rank': 99 } }, { $unset: 'tags' }], cursor: {} });
    run({ aggregate: 'notes', pipeline: [{ $match: {} }, { $unset: 'nested.rank' }], cursor: {} });
    expect(JSON.stringify(find())).toBe(before);
  });

  it('an update of many gives each its own copy of a value', () => {
    run({ update: 'notes', updates: [{ q: {}, u: { $set: { list: [{ a: 1 }] } }, multi: true }] });
    run({ update: 'notes', updates: [{ q: { _id: 1 }, u: { $set: { 'list.0.a': 2 } } }] });
    expect(find({ 'list.a': 2 }).map(({ _id }) => _id)).toEqual([1]);
  });

  it('an upsert starts from the equalities of its filter, nested ones too', () => {
    const q = { $and: [{ owner: { $eq: 'ada' } }, { 'settings.model': 'small' }], rank: { $gt: 1 }, title: /x/ };
    const upserted = run({ update: 'fresh', updates: [{ q, u: { $set: { rank: 2 } }, upsert: true }] });
    expect(upserted).toMatchObject({
      n: 1,
      nModified: 0,
      upserted: [{ index: 0, _id: expect.any(ObjectId) as ObjectId }],
    });
    const [document] = batchOf(run({ find: 'fresh', projection: { _id: 0 } }));
    expect(document).toEqual({ owner: 'ada', settings: { model: 'small' }, rank: 2 });
  });

  it('a unique index on an array takes each element once', () => {
    run({ insert: 'users', documents: [{ _id: 1, emails: ['a', 'b'] }] });
    run({ createIndexes: 'users', indexes: [{ key: { emails: 1 }, name: 'emails_1', unique: true }] });
    const refused = run({ insert: 'users', documents: [{ _id: 2, emails: ['c', 'b'] }] });
    expect(refused).toMatchObject({
      n: 0,
      ok: 1,
      writeErrors: [{ index: 0, code: 11000, keyPattern: { emails: 1 }, keyValue: { emails: 'b' } }],
    });
    run({ update: 'users', updates: [{ q: { _id: 1 }, u: { $pull: { emails: 'b' } } }] });
    expect(run({ insert: 'users', documents: [{ _id: 2, emails: ['c', 'b'] }] })).toEqual({ n: 1, ok: 1 });
  });

  it('a unique index that is partial or sparse leaves the others alone', () => {
    const indexes = [
      { key: { name: 1 }, name: 'partial', unique: true, partialFilterExpression: { live: true } },
      { key: { code: 1 }, name: 'sparse', unique: true, sparse: true },
    ];
    run({ createIndexes: 'teams', indexes });
    expect(run({ insert: 'teams', documents: [{ name: 'x' }, { name: 'x' }, { name: 'x', live: true }] })).toEqual({
      n: 3,
      ok: 1,
    });
    expect(run({ insert: 'teams', documents: [{ name: 'x', live: true }] })).toMatchObject({
      n: 0,
      writeErrors: [{ code: 11000 }],
    });
  });

  it('a unique index counts a missing field as null, once', () => {
    run({ createIndexes: 'users', indexes: [{ key: { email: 1 }, name: 'email_1', unique: true }] });
    expect(run({ insert: 'users', documents: [{ _id: 1 }, { _id: 2 }] })).toMatchObject({
      n: 1,
      writeErrors: [{ index: 1 }],
    });
  });

  it('ObjectIds are equal by value and sort by time, decoded anew each time', () => {
    const ids = [3, 1, 2].map((second) => ObjectId.createFromTime(second));
    run({ insert: 'ids', documents: ids.map((_id, rank) => ({ _id, rank, ref: ids[0] })) });
    const again = ObjectId.createFromHexString(ids[1]?.toHexString() ?? '');
    expect(batchOf(run({ find: 'ids', filter: { _id: again } }))).toMatchObject([{ rank: 1 }]);
    expect(batchOf(run({ find: 'ids', filter: { _id: { $in: [again] } } }))).toMatchObject([{ rank: 1 }]);
    expect(batchOf(run({ find: 'ids', filter: { _id: { $gt: again } }, sort: { _id: -1 } }))).toMatchObject([
      { rank: 0 },
      { rank: 2 },
    ]);
    expect(run({ distinct: 'ids', key: 'ref' })).toMatchObject({ values: [ids[0]] });
  });

  it('a document that would outgrow 16 MiB is refused', () => {
    expect(run({ insert: 'big', documents: [{ _id: 1, text: 'x'.repeat(17 * 1024 * 1024) }] })).toMatchObject({
      n: 0,
      writeErrors: [{ code: 10334 }],
    });
  });

  it('a batch ends before it outgrows 16 MiB', () => {
    const text = 'x'.repeat(6 * 1024 * 1024);
    run({ insert: 'big', documents: [1, 2, 3].map((_id) => ({ _id, text })) });
    const first = run({ find: 'big' });
    expect(batchOf(first)).toHaveLength(2);
    expect(batchOf(run({ getMore: idOf(first), collection: 'big' }))).toHaveLength(1);
  });
});
