import { beforeEach, describe, expect, it } from 'vitest';

import { dispatch } from '../src/commands/dispatch.js';
import { Cursors } from '../src/cursors.js';
import { Databases } from '../src/store/databases.js';
import { Transactions } from '../src/transactions.js';

type Document = Record<string, unknown>;

describe('the transactions of the stand-in', () => {
  let run: (command: Document) => Document;
  /** Runs commands in the transaction of this number; the first of them begins it. */
  let transaction: (txnNumber: number) => (command: Document) => Document;

  beforeEach(() => {
    const context = {
      databases: new Databases(),
      cursors: new Cursors(),
      transactions: new Transactions(),
      connectionId: 1,
    };
    run = (command) => dispatch({ ...command, $db: 'app' }, context);
    transaction = (txnNumber) => {
      let begun = false;
      return (command) => {
        const fields = { lsid: { id: 1 }, txnNumber, autocommit: false, ...(!begun && { startTransaction: true }) };
        begun = true;
        return run({ ...command, ...fields });
      };
    };
    run({ createIndexes: 'notes', indexes: [{ name: 'slug', key: { slug: 1 }, unique: true }] });
    run({ insert: 'notes', documents: [1, 2, 3].map((_id) => ({ _id, slug: `s${_id}`, rank: _id })) });
  });

  const update = (_id: number, set: Document) => ({ update: 'notes', updates: [{ q: { _id }, u: { $set: set } }] });
  const notes = (by = run, filter: Document = {}) =>
    (by({ find: 'notes', filter }).cursor as { firstBatch: Document[] }).firstBatch;

  it('reads its own writes, shows them to nobody else, and to everybody once it has committed', () => {
    const one = transaction(1);
    expect(one({ insert: 'notes', documents: [{ _id: 4, slug: 's4' }] })).toMatchObject({ n: 1, ok: 1 });
    one(update(1, { rank: 10 }));
    one({ delete: 'notes', deletes: [{ q: { _id: 2 }, limit: 1 }] });
    expect(notes(one).map(({ _id }) => _id)).toEqual([1, 3, 4]);
    expect(notes().map(({ _id, rank }) => [_id, rank])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(one({ commitTransaction: 1 })).toMatchObject({ ok: 1 });
    expect(notes().map(({ _id, rank }) => [_id, rank])).toEqual([
      [1, 10],
      [3, 3],
      [4, undefined],
    ]);
  });

  it('leaves nothing behind when it is aborted, and has then ended', () => {
    const one = transaction(1);
    one(update(1, { rank: 10 }));
    expect(one({ abortTransaction: 1 })).toMatchObject({ ok: 1 });
    expect(notes(run, { _id: 1 })).toMatchObject([{ rank: 1 }]);
    expect(one({ commitTransaction: 1 })).toMatchObject({ ok: 0, code: 251, codeName: 'NoSuchTransaction' });
  });

  it('that changed what another writer changed meanwhile commits nothing, and may be run again', () => {
    const one = transaction(1);
    one(update(1, { rank: 10 }));
    one(update(2, { rank: 20 }));
    run(update(2, { rank: 5 }));
    expect(one({ commitTransaction: 1 })).toMatchObject({
      ok: 0,
      code: 112,
      errorLabels: ['TransientTransactionError'],
    });
    expect(notes().map(({ rank }) => rank)).toEqual([1, 5, 3]);
  });

  it('that takes a unique value which was taken meanwhile commits nothing', () => {
    const one = transaction(1);
    one(update(1, { rank: 10, slug: 'new' }));
    run(update(3, { slug: 'new' }));
    expect(one({ commitTransaction: 1 })).toMatchObject({ ok: 0, code: 11000 });
    expect(notes(run, { _id: 1 })).toMatchObject([{ rank: 1, slug: 's1' }]);
  });

  it.each([
    ['a write error', { insert: 'notes', documents: [{ _id: 1 }] }],
    ['a command that fails', { update: 'notes', updates: [{ q: {}, u: 1 }] }],
    ['a command that no transaction has', { create: 'others' }],
  ])('ends with %s', (_, command) => {
    const one = transaction(1);
    one(update(1, { rank: 10 }));
    one(command);
    expect(one({ commitTransaction: 1 })).toMatchObject({ code: 251 });
    expect(notes(run, { _id: 1 })).toMatchObject([{ rank: 1 }]);
  });

  it('two of one session do not meet', () => {
    const [one, two] = [transaction(1), transaction(2)];
    one(update(1, { rank: 10 }));
    two(update(2, { rank: 20 }));
    one({ commitTransaction: 1 });
    two({ abortTransaction: 1 });
    expect(notes().map(({ rank }) => rank)).toEqual([10, 2, 3]);
  });
});
