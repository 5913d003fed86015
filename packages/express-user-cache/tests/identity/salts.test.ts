import { beforeEach, describe, expect, it } from 'vitest';
import { createSeal } from '../../src/entry/seal.js';
import { isUser, userOwner } from '../../src/identity/owner.js';
import { UserSalts } from '../../src/identity/salts.js';
import { deferred } from '../support/held.js';
import { SaltTable } from '../support/salts.js';

const ALICE = userOwner('alice');

describe('salts that this process remembers', () => {
  let table: SaltTable;
  let salts: UserSalts;
  beforeEach(() => {
    table = new SaltTable('alice', 'bob');
    salts = new UserSalts(table, Date.now);
  });

  it('are forgotten with the erasure of their user, and of no other', async () => {
    const bob = userOwner('bob');
    for (const owner of [ALICE, bob]) await salts.of(owner, 'life');
    await salts.erase(ALICE);
    for (const owner of [ALICE, bob]) await salts.of(owner, 'life');
    expect(table.asked).toEqual(['alice', 'bob', 'alice']);
  });

  it('are forgotten also where the application fails to delete them', async () => {
    await salts.of(ALICE, 'life');
    table.fault = () => Promise.reject(new Error('down'));
    await expect(salts.erase(ALICE)).rejects.toThrow('down');
    table.fault = () => undefined;
    await salts.of(ALICE, 'life');
    expect(table.asked).toHaveLength(2);
  });

  it('are copies: what the application does to its array later changes no key', async () => {
    const row = new Uint8Array(16).fill(7);
    table.rows.set('alice', row);
    await salts.of(ALICE, 'life');
    row.fill(0);
    expect(await salts.of(ALICE, 'life')).toEqual(Buffer.alloc(16, 7));
  });

  it('do not come back with a lookup that was under way', async () => {
    const { promise, resolve } = deferred<undefined>();
    table.fault = () => promise;
    const looking = salts.of(ALICE, 'life');
    table.fault = () => undefined;
    const salt = table.rows.get('alice');
    await salts.erase(ALICE);
    table.rows.set('alice', salt ?? null);
    resolve(undefined);
    await looking;
    table.rows.delete('alice');
    expect(await salts.of(ALICE, 'life')).toBeUndefined();
  });
});

describe('a seal whose users have salts', () => {
  const [salt, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const seal = createSeal([Buffer.alloc(32, 1)], isUser);
  const plain = createSeal([Buffer.alloc(32, 1)]);
  const sealed = seal.seal('text', { owner: ALICE, salt }, 'bound');

  it('opens with the secret, the owner and the salt together', () => {
    expect(seal.open(sealed, { owner: ALICE, salt }, 'bound')).toBe('text');
    expect(plain.open(sealed, { owner: ALICE, salt }, 'bound')).toBe('text');
    expect(seal.open(sealed, { owner: ALICE, salt: other }, 'bound')).toBeUndefined();
    expect(seal.open(sealed, { owner: userOwner('bob'), salt }, 'bound')).toBeUndefined();
    expect(seal.open(sealed, { owner: ALICE }, 'bound')).toBeUndefined();
    expect(plain.open(sealed, { owner: ALICE }, 'bound')).toBeUndefined();
  });

  it('never seals for a user without the salt, and for others as ever', () => {
    expect(() => seal.seal('text', { owner: ALICE }, 'bound')).toThrow('without the salt');
    expect(plain.open(seal.seal('text', { owner: '*' }, 'bound'), { owner: '*' }, 'bound')).toBe('text');
  });

  it('does not open for a user what was sealed without a salt', () => {
    expect(seal.open(plain.seal('text', { owner: ALICE }, 'bound'), { owner: ALICE }, 'bound')).toBeUndefined();
  });

  it('opens after its keys were forgotten, which are derived again', () => {
    const kept = plain.seal('text', { owner: ALICE }, 'bound');
    plain.forget(ALICE);
    expect(plain.open(kept, { owner: ALICE }, 'bound')).toBe('text');
  });
});
