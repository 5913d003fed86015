import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Held as HeldValue, MemoryStore, type NamespaceOptions, userCache } from '../../src/index.js';
import { read } from '../../src/handle/entries.js';
import { Scope } from '../../src/handle/scope.js';
import { EVERYBODY } from '../../src/identity/owner.js';
import { fixedTo } from '../../src/identity/pin.js';
import { coreOver } from '../support/core.js';
import { eventsDuring } from '../support/events.js';
import { held } from '../support/held.js';

const never = (): never => {
  throw new Error('the load ran');
};

/** Where the values of a namespace are. */
const places = [
  ['as they are', () => ({}), 'off'],
  ['as text', () => ({ store: new MemoryStore() }), 'off'],
  ['as text, with copies in front', () => ({ store: new MemoryStore() }), 'validated'],
] as const;

describe.each(places)('values that are kept %s', (_, store, l1) => {
  const start = <const O extends Partial<NamespaceOptions>>(options: O) =>
    userCache({ ...store(), namespaces: { a: { ttl: '1h', l1, ...options } } }).forUser('alice');

  it('are one for all who joined a load', async () => {
    const alice = start({});
    const { load, started, release } = held<{ n: number }>();
    const first = alice.getOrSet(['a'], load);
    await started;
    const joined = [alice.getOrSet(['a'], never), alice.getOrSet(['a'], never)];
    release({ n: 1 });
    expect(await first).toEqual({ n: 1 });
    for (const value of joined) expect(await value).toBe(await first);
  });

  describe('with clone', () => {
    const change = (value: unknown): void => {
      expect(value).toEqual({ list: [1] });
      (value as { list: number[] }).list.push(2);
    };

    it.each([
      ['without a schema', {}],
      ['with one', { schema: z.object({ list: z.array(z.number()) }) }],
    ])("are each caller's own, %s", async (_name, options) => {
      const alice = start({ clone: true, ...options });
      const { load, started, release } = held<{ list: number[] }>();
      const both: Promise<unknown>[] = [alice.getOrSet(['a'], load)];
      await started;
      both.push(alice.getOrSet(['a'], never));
      release({ list: [1] });
      for (const value of both) change(await value);
      for (let n = 0; n < 3; n++) change(await alice.get(['a']));
      const written = { list: [1] };
      change(await alice.writeThrough(['a'], () => written));
      expect(written).toEqual({ list: [1] });
      change(await alice.getOrSet(['a'], never));
      await alice.set(['a'], written);
      written.list.push(2);
      change(await alice.get(['a']));
    });
  });

  it("are each caller's own where they cannot be frozen", async () => {
    const alice = start({ schema: z.object({ at: z.coerce.date() }) });
    const { load, started, release } = held<{ at: Date }>();
    const all = [alice.getOrSet(['a'], load)];
    await started;
    all.push(alice.getOrSet(['a'], never));
    release({ at: new Date(0) });
    for (let n = 0; n < 4; n++) {
      const { at } = await (all[n] ?? alice.getOrSet(['a'], never));
      expect(at).toEqual(new Date(0));
      at.setTime(n + 1);
    }
  });

  it('say null, and never undefined', async () => {
    const alice = start({});
    expect(await alice.getOrSet(['a'], () => null)).toBeNull();
    expect(await alice.getOrSet(['a'], never)).toBeNull();
    expect(await alice.writeThrough(['a'], (): number | undefined => undefined)).toBeUndefined();
    expect(await alice.writeThrough(['a'], () => null)).toBeNull();
    expect(await alice.get(['a'])).toBeNull();
    await expect(alice.set(['a'], undefined)).rejects.toMatchObject({ code: 'ERR_UC_NOT_SERIALISABLE' });
    await alice.invalidate(['a']);
    expect(await alice.getOrSet(['a'], (): number | undefined => undefined)).toBeUndefined();
    expect(await alice.getOrSet(['a'], () => 1)).toBe(1);
  });
});

describe('a process without a store', () => {
  it('returns the same value on every hit, and checks it when it is stored', async () => {
    let checks = 0;
    const schema = z.object({ n: z.number() }).refine(() => {
      checks += 1;
      return true;
    });
    const alice = userCache({ namespaces: { a: { ttl: '1h', schema } } }).forUser('alice');
    const loaded = await alice.getOrSet(['a'], () => ({ n: 1 }));
    expect(checks).toBe(1);
    expect(await alice.get(['a'])).toBe(loaded);
    expect(await alice.getOrSet(['a'], never)).toBe(loaded);
    expect(checks).toBe(1);
  });

  it('drops users where they hold too much, by the length of the text', async () => {
    const cache = userCache({ namespaces: { a: { ttl: '1h' } }, limits: { bytesPerEntry: 2 ** 20 } });
    const users = Array.from({ length: 100 }, (_, n) => cache.forUser(n));
    for (const user of users) await user.set(['a'], 'x'.repeat(2 ** 20 - 2));
    const values = await Promise.all(users.map((user) => user.get(['a'])));
    expect(values.map((value) => value !== undefined).lastIndexOf(false)).toBe(100 - 64);
  });
});

describe('a value in this process', () => {
  const core = coreOver(new MemoryStore(), undefined, { namespaces: { a: { ttl: '1h' } }, now: () => 1_000 });
  const scope = new Scope(core, { pin: fixedTo(EVERYBODY), policies: core.settings.namespaces, maxEntries: 10 });
  const bucket = scope.bucket();
  const target = scope.target(['a', 1]);
  let value: HeldValue;
  beforeEach(() => {
    value = { value: 'kept', owner: EVERYBODY, path: target.path.text, expiresAt: 1_001, bytes: 4 };
  });
  const found = (changes: Partial<HeldValue>, grace?: number): unknown =>
    bucket && read(scope, bucket, target, { ...value, ...changes }, grace);

  it('is returned at its place until it expires, and in its grace', () => {
    expect(found({})).toMatchObject({ value: 'kept' });
    expect(found({ expiresAt: 1_000 })).toBeUndefined();
    expect(found({ expiresAt: 1_000 }, 1)).toMatchObject({ value: 'kept' });
    expect(found({ expiresAt: 999 }, 1)).toBeUndefined();
  });

  it.each([
    ['owner', { owner: 'bob' }],
    ['path', { path: 'a:2:@1' }],
  ])('of another %s is a miss', async (_, other) => {
    let returned: unknown;
    const events = await eventsDuring(() => Promise.resolve((returned = found(other))));
    expect(returned).toBeUndefined();
    expect(events).toEqual([{ type: 'isolation', namespace: 'a', cause: 'foreign' }]);
  });
});
