import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fill, Store } from '../../src/index.js';

const fillOf = (stamp: string | undefined, path: string, changes: Partial<Fill> = {}): Fill => {
  const parts = path.split(':').filter((part) => part !== '');
  return {
    stamp,
    prefixes: parts.map((_, index) => `${parts.slice(0, index + 1).join(':')}:`),
    name: `${path}@1`,
    entry: `1\nbucket\n${path}@1\n9999999999999\n{"of":"${path}"}`,
    ttl: 60_000,
    expiresAt: 9_999_999_999_999,
    maxEntries: 256,
    supersedes: false,
    ...changes,
  };
};

/** What every store must do; a store that passes keeps the guarantee. */
export function storeConformance(name: string, create: () => Store): void {
  describe(`${name} conforms`, () => {
    let store: Store;
    let bucket: string;
    const read = async (...paths: string[]): Promise<boolean[]> =>
      (
        await store.read(
          bucket,
          paths.map((path) => `${path}@1`),
        )
      ).entries.map((entry) => entry !== undefined);
    const controlNow = async (): Promise<string | undefined> => (await store.read(bucket, [])).control;

    beforeAll(async () => {
      store = create();
      await store.ready();
    });
    afterAll(() => store.close());
    beforeEach(() => {
      bucket = `conformance-${randomUUID()}`;
      return async () => {
        await store.invalidate(bucket, { prefixes: 'all' });
      };
    });

    describe('opening and reading', () => {
      it('an absent bucket has no control and no entries', async () => {
        expect(await store.read(bucket, ['a:@1'])).toEqual({ control: undefined, entries: [undefined] });
      });

      it('opening makes a control string that stays', async () => {
        const control = await store.open(bucket);
        expect(control).toMatch(/^[\w-]{22}\.0$/);
        expect(await store.open(bucket)).toBe(control);
        expect(await controlNow()).toBe(control);
      });

      it('two buckets never share an incarnation', async () => {
        expect(await store.open(bucket)).not.toBe(await store.open(`${bucket}-other`));
        await store.invalidate(`${bucket}-other`, { prefixes: 'all' });
      });

      it('answers the entries in the order of the names, with what is stored', async () => {
        const stamp = await store.open(bucket);
        await store.fill(bucket, fillOf(stamp, 'a:'));
        await store.fill(bucket, fillOf(stamp, 'c:'));
        const { entries } = await store.read(bucket, ['c:@1', 'b:@1', 'a:@1']);
        expect(entries).toEqual([fillOf(stamp, 'c:').entry, undefined, fillOf(stamp, 'a:').entry]);
      });

      it.each(['__proto__', 'constructor', 'toString'])(
        'an entry called %s is an entry like any other',
        async (path) => {
          expect(await read(path)).toEqual([false]);
          await store.fill(bucket, fillOf(await store.open(bucket), `${path}:`));
          expect(await read(`${path}:`)).toEqual([true]);
        },
      );
    });

    describe('admission', () => {
      it('stores under the stamp of the bucket', async () => {
        expect(await store.fill(bucket, fillOf(await store.open(bucket), 'a:1:'))).toBe(true);
        expect(await read('a:1:')).toEqual([true]);
      });

      it('refuses where the bucket is gone', async () => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: 'all' });
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(false);
        expect(await controlNow()).toBeUndefined();
      });

      it('refuses a stamp from an earlier life of the bucket', async () => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: 'all' });
        await store.open(bucket);
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(false);
      });

      it('refuses without a stamp', async () => {
        await store.open(bucket);
        expect(await store.fill(bucket, fillOf(undefined, 'a:'))).toBe(false);
      });

      it.each([
        ['the path itself', 'a:1:'],
        ['a shorter prefix', 'a:'],
      ])('refuses after an invalidation of %s', async (_, prefix) => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: [prefix] });
        expect(await store.fill(bucket, fillOf(stamp, 'a:1:'))).toBe(false);
        expect(await read('a:1:')).toEqual([false]);
      });

      it.each([
        ['another path', 'b:'],
        ['a longer path', 'a:1:history:'],
        ['a path that only looks like a prefix', 'a:11:'],
      ])('admits after an invalidation of %s', async (_, prefix) => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: [prefix] });
        expect(await store.fill(bucket, fillOf(stamp, 'a:1:'))).toBe(true);
      });

      it('admits a stamp that is newer than the invalidation', async () => {
        await store.open(bucket);
        await store.invalidate(bucket, { prefixes: ['a:'] });
        expect(await store.fill(bucket, fillOf(await controlNow(), 'a:1:'))).toBe(true);
      });

      it('refuses a resent fill after an invalidation', async () => {
        const stamp = await store.open(bucket);
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(true);
        await store.invalidate(bucket, { prefixes: ['a:'] });
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(false);
        expect(await read('a:')).toEqual([false]);
      });

      it('remembers an invalidation however many came after it', async () => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: ['a:'] });
        for (let i = 0; i < 200; i++) await store.invalidate(bucket, { prefixes: [`b:${i}:`] });
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(false);
        const recent = await controlNow();
        expect(await store.fill(bucket, fillOf(recent, 'c:'))).toBe(true);
      });
    });

    describe('invalidation', () => {
      it('removes the path and all below it, in every version, and nothing else', async () => {
        const stamp = await store.open(bucket);
        const paths = ['a:', 'a:1:', 'a:1:x:', 'a:11:', 'b:1:'];
        for (const path of paths) await store.fill(bucket, fillOf(stamp, path));
        await store.fill(bucket, fillOf(stamp, 'a:1:', { name: 'a:1:@2' }));
        await store.invalidate(bucket, { prefixes: ['a:1:'] });
        expect(await read(...paths)).toEqual([true, false, false, true, true]);
        expect((await store.read(bucket, ['a:1:@2'])).entries).toEqual([undefined]);
      });

      it('raises the fence once for several paths', async () => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: ['a:', 'b:'] });
        expect(await controlNow()).toBe(stamp.replace(/0$/, '1'));
      });

      it('takes names for what they are, not for patterns', async () => {
        const stamp = await store.open(bucket);
        await store.fill(bucket, fillOf(stamp, 'a:'));
        for (const prefix of ['*', 'a%:', '[a]:', '.:', '^a']) await store.invalidate(bucket, { prefixes: [prefix] });
        expect(await read('a:')).toEqual([true]);
      });

      it('of everything leaves nothing behind', async () => {
        await store.fill(bucket, fillOf(await store.open(bucket), 'a:'));
        await store.invalidate(bucket, { prefixes: 'all' });
        expect(await store.read(bucket, ['a:@1'])).toEqual({ control: undefined, entries: [undefined] });
      });

      it('of an absent bucket does nothing', async () => {
        await store.invalidate(bucket, { prefixes: ['a:'] });
        expect(await controlNow()).toBeUndefined();
      });
    });

    describe('superseding', () => {
      it('stores, and refuses what was loaded before', async () => {
        const stamp = await store.open(bucket);
        expect(await store.fill(bucket, fillOf(stamp, 'a:', { supersedes: true }))).toBe(true);
        expect(await read('a:')).toEqual([true]);
        expect(await store.fill(bucket, fillOf(stamp, 'a:'))).toBe(false);
      });

      it('leaves the path invalidated where another write came in between', async () => {
        const stamp = await store.open(bucket);
        await store.fill(bucket, fillOf(stamp, 'a:'));
        expect(await store.fill(bucket, fillOf(stamp, 'a:', { supersedes: true }))).toBe(true);
        expect(await store.fill(bucket, fillOf(stamp, 'a:', { supersedes: true }))).toBe(false);
        expect(await read('a:')).toEqual([false]);
      });

      it('without a stamp only invalidates', async () => {
        const stamp = await store.open(bucket);
        await store.fill(bucket, fillOf(stamp, 'a:'));
        expect(await store.fill(bucket, fillOf(undefined, 'a:', { supersedes: true }))).toBe(false);
        expect(await read('a:')).toEqual([false]);
      });

      it('keeps a hold that stands', async () => {
        const stamp = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: ['b:'], hold: { id: 'h', ms: 60_000 } });
        await store.fill(bucket, fillOf(stamp, 'a:', { supersedes: true }));
        expect(await controlNow()).toMatch(/!$/);
      });
    });

    describe('holds', () => {
      it('mark the control until they are released, and opening does not lift them', async () => {
        await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
        expect(await controlNow()).toMatch(/\.1!$/);
        expect(await store.open(bucket)).toMatch(/\.1!$/);
        await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
        expect(await controlNow()).toMatch(/\.2$/);
      });

      it('of several writers stand side by side', async () => {
        await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
        await store.invalidate(bucket, { prefixes: ['b:'], hold: { id: 'two', ms: 60_000 } });
        await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
        expect(await controlNow()).toMatch(/!$/);
        await store.invalidate(bucket, { prefixes: ['b:'], release: 'two' });
        expect(await controlNow()).not.toMatch(/!$/);
      });

      it('of the dead are lifted by whoever opens the bucket after the deadline', async () => {
        await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'dead', ms: 1 } });
        await vi.waitFor(async () => {
          expect(await store.open(bucket)).not.toMatch(/!$/);
        });
      });

      it('move into the next life when everything is invalidated', async () => {
        const before = await store.open(bucket);
        await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
        await store.invalidate(bucket, { prefixes: 'all' });
        const control = await controlNow();
        expect(control).toMatch(/!$/);
        expect(control?.split('.')[0]).not.toBe(before.split('.')[0]);
        expect(await store.fill(bucket, fillOf(before, 'b:'))).toBe(false);
        await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
        expect(await controlNow()).not.toMatch(/!$/);
      });
    });

    describe('limits', () => {
      it('holds no more entries than allowed, and drops the soonest to expire', async () => {
        const stamp = await store.open(bucket);
        const far = (n: number): Partial<Fill> => {
          const expiresAt = 1_800_000_000_000 + n;
          return { maxEntries: 3, expiresAt, entry: `1\nb\nn\n${expiresAt}\n{}` };
        };
        for (const [path, n] of [
          ['a:', 3],
          ['b:', 1],
          ['c:', 2],
        ] as const)
          await store.fill(bucket, fillOf(stamp, path, far(n)));
        await store.invalidate(bucket, { prefixes: ['x:', 'y:', 'z:'] });
        await store.fill(bucket, fillOf(stamp, 'a:', far(3)));
        expect(await read('a:', 'b:', 'c:')).toEqual([true, true, true]);
        await store.fill(bucket, fillOf(stamp, 'd:', far(4)));
        expect(await read('a:', 'b:', 'c:', 'd:')).toEqual([true, false, true, true]);
      });
    });
  });
}
