import { expect, it } from 'vitest';

import type { Contract } from './contract-setup.js';

/** Indexes, collections and errors. Every expectation is MongoDB's documented behaviour. */
export function catalogueCases(contract: () => Contract): void {
  it('the indexes of a schema are there, the unique one as unique', async () => {
    const { users, notes } = contract();
    const email = (await users.collection.indexes()).find(({ name }) => name === 'email_1');
    expect(email).toMatchObject({ key: { email: 1 }, unique: true });
    expect((await notes.collection.indexes()).map(({ name }) => name)).toContain('owner_1_at_-1');
  });

  it('syncing indexes twice changes nothing', async () => {
    const { users } = contract();
    expect(await users.syncIndexes()).toEqual([]);
    expect(await users.syncIndexes()).toEqual([]);
  });

  it('an index that was dropped is gone', async () => {
    const { notes } = contract();
    await notes.collection.createIndex({ rank: 1 }, { name: 'by_rank' }, {});
    await notes.collection.dropIndex('by_rank');
    expect((await notes.collection.indexes()).map(({ name }) => name)).not.toContain('by_rank');
  });

  it('the collections are listed, and a dropped one is not', async () => {
    const { connection } = contract();
    await connection.createCollection('scratch');
    const names = async () => (await connection.listCollections()).map(({ name }) => name);
    expect(await names()).toEqual(expect.arrayContaining(['users', 'notes', 'scratch']));
    await connection.dropCollection('scratch');
    expect(await names()).not.toContain('scratch');
  });

  it('an unknown command is error 59, CommandNotFound, and the connection lives on', async () => {
    const { connection } = contract();
    await expect(connection.db?.command({ makeCoffee: 1 })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
    });
    expect(await connection.db?.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('an unknown query operator is an error', async () => {
    const { notes, users } = contract();
    const { _id: owner } = await users.create({ email: 'ada@example.org' });
    await notes.create({ owner, title: 'a', rank: 1 });
    await expect(notes.collection.countDocuments({ rank: { $nearly: 1 } })).rejects.toThrow();
  });
}
