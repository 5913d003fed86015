import { deepStrictEqual as equal, match, notStrictEqual as differs } from 'node:assert';
import { setImmediate as turn } from 'node:timers/promises';
import { casesOf, entryOf } from './store-case.js';

/** A hold's deadline is by the store's own clock, which may be another machine's: it is asked until it has passed. */
const PATIENCE_MS = 5_000;

export const invalidation = casesOf('invalidation', {
  'removes the path and all below it, in every version, and nothing else': async (subject) => {
    const { store, bucket, open, fill, invalidate, has } = subject;
    const stamp = await open();
    const paths = ['a:', 'a:1:', 'a:1:x:', 'a:11:', 'b:1:'];
    for (const path of paths) await fill(stamp, path);
    await fill(stamp, 'a:1:', { name: 'a:1:@2' });
    await invalidate('a:1:');
    equal(await has(...paths), [true, false, false, true, true]);
    equal((await store.read(bucket, ['a:1:@2'])).entries, [undefined]);
  },

  'raises the fence, and leaves the incarnation': async ({ open, invalidate, control }) => {
    const [life, fence] = (await open()).split('.');
    await invalidate('a:', 'b:');
    const [sameLife, higher] = (await control())?.split('.') ?? [];
    equal([sameLife, Number(higher) > Number(fence)], [life, true]);
  },

  'takes names for what they are, not for patterns': async ({ open, fill, invalidate, has }) => {
    await fill(await open(), 'a:');
    for (const prefix of ['*', 'a%:', '[a]:', '.:', '^a']) await invalidate(prefix);
    equal(await has('a:'), [true]);
  },

  'of everything leaves nothing behind': async ({ store, bucket, open, fill, forget }) => {
    await fill(await open(), 'a:');
    await forget();
    equal(await store.read(bucket, ['a:@1']), { control: undefined, entries: [undefined] });
  },

  'of an absent bucket does nothing': async ({ invalidate, control }) => {
    await invalidate('a:');
    equal(await control(), undefined);
  },
});

export const holds = casesOf('holds', {
  'mark the control until they are released, and opening does not lift them': async (subject) => {
    const { store, bucket, open, control } = subject;
    await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
    match((await control()) ?? '', /\.\d+!$/);
    match(await open(), /\.\d+!$/);
    await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
    match((await control()) ?? '', /\.\d+$/);
  },

  'of several writers stand side by side': async ({ store, bucket, control }) => {
    await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
    await store.invalidate(bucket, { prefixes: ['b:'], hold: { id: 'two', ms: 60_000 } });
    await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
    match((await control()) ?? '', /!$/);
    await store.invalidate(bucket, { prefixes: ['b:'], release: 'two' });
    match((await control()) ?? '', /\d$/);
  },

  'of the dead are lifted by whoever opens the bucket after the deadline': async ({ store, bucket, open }) => {
    await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'dead', ms: 1 } });
    const end = performance.now() + PATIENCE_MS;
    while ((await open()).endsWith('!') && performance.now() < end) await turn();
    match(await open(), /\d$/);
  },

  'move into the next life when everything is invalidated': async ({ store, bucket, open, control, fill, forget }) => {
    const before = await open();
    await store.invalidate(bucket, { prefixes: ['a:'], hold: { id: 'one', ms: 60_000 } });
    await forget();
    const after = (await control()) ?? '';
    match(after, /!$/);
    differs(after.split('.')[0], before.split('.')[0]);
    equal(await fill(before, 'b:'), false);
    await store.invalidate(bucket, { prefixes: ['a:'], release: 'one' });
    match((await control()) ?? '', /\d$/);
  },
});

export const limits = casesOf('limits', {
  'holds no more entries than allowed, and drops the soonest to expire': async ({ open, fill, invalidate, has }) => {
    const stamp = await open();
    const put = async (path: string, n: number): Promise<void> => {
      const expiresAt = 1_800_000_000_000 + n;
      await fill(stamp, path, { maxEntries: 3, expiresAt, entry: entryOf(path, expiresAt) });
    };
    await put('a:', 3);
    await put('b:', 1);
    await put('c:', 2);
    await invalidate('x:', 'y:', 'z:');
    await put('a:', 3);
    equal(await has('a:', 'b:', 'c:'), [true, true, true]);
    await put('d:', 4);
    equal(await has('a:', 'b:', 'c:', 'd:'), [true, false, true, true]);
  },
});
