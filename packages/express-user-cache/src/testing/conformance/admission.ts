import { deepStrictEqual as equal } from 'node:assert';
import { casesOf, type Subject } from './store-case.js';

type Case = readonly [name: string, check: (subject: Subject) => Promise<void>];

const covering = ['a:1:', 'a:'].map((prefix): Case => [
  `refuses a:1: after an invalidation of ${prefix}`,
  async ({ open, invalidate, fill, has }) => {
    const stamp = await open();
    await invalidate(prefix);
    equal(await fill(stamp, 'a:1:'), false);
    equal(await has('a:1:'), [false]);
  },
]);

/** Another path, a longer one, and one that only looks like a prefix. */
const beside = ['b:', 'a:1:history:', 'a:11:'].map((prefix): Case => [
  `admits a:1: after an invalidation of ${prefix}`,
  async ({ open, invalidate, fill }) => {
    const stamp = await open();
    await invalidate(prefix);
    equal(await fill(stamp, 'a:1:'), true);
  },
]);

export const admission = casesOf('admission', {
  'stores under the stamp of the bucket': async ({ open, fill, has }) => {
    equal(await fill(await open(), 'a:1:'), true);
    equal(await has('a:1:'), [true]);
  },

  'refuses where the bucket is gone': async ({ open, forget, fill, control }) => {
    const stamp = await open();
    await forget();
    equal(await fill(stamp, 'a:'), false);
    equal(await control(), undefined);
  },

  'refuses a stamp from an earlier life of the bucket': async ({ open, forget, fill }) => {
    const stamp = await open();
    await forget();
    await open();
    equal(await fill(stamp, 'a:'), false);
  },

  'refuses without a stamp': async ({ open, fill }) => {
    await open();
    equal(await fill(undefined, 'a:'), false);
  },

  ...Object.fromEntries([...covering, ...beside]),

  'admits a stamp that is newer than the invalidation': async ({ open, invalidate, control, fill }) => {
    await open();
    await invalidate('a:');
    equal(await fill(await control(), 'a:1:'), true);
  },

  'refuses a resent fill after an invalidation': async ({ open, invalidate, fill, has }) => {
    const stamp = await open();
    equal(await fill(stamp, 'a:'), true);
    await invalidate('a:');
    equal(await fill(stamp, 'a:'), false);
    equal(await has('a:'), [false]);
  },

  'remembers an invalidation however many came after it': async ({ open, invalidate, control, fill }) => {
    const stamp = await open();
    await invalidate('a:');
    for (let i = 0; i < 200; i++) await invalidate(`b:${i}:`);
    equal(await fill(stamp, 'a:'), false);
    equal(await fill(await control(), 'c:'), true);
  },
});

export const superseding = casesOf('superseding', {
  'stores, and refuses what was loaded before': async ({ open, fill, has }) => {
    const stamp = await open();
    equal(await fill(stamp, 'a:', { supersedes: true }), true);
    equal(await has('a:'), [true]);
    equal(await fill(stamp, 'a:'), false);
  },

  'leaves the path invalidated where another write came in between': async ({ open, fill, has }) => {
    const stamp = await open();
    await fill(stamp, 'a:');
    equal(await fill(stamp, 'a:', { supersedes: true }), true);
    equal(await fill(stamp, 'a:', { supersedes: true }), false);
    equal(await has('a:'), [false]);
  },

  'without a stamp only invalidates': async ({ open, fill, has }) => {
    await fill(await open(), 'a:');
    equal(await fill(undefined, 'a:', { supersedes: true }), false);
    equal(await has('a:'), [false]);
  },

  'keeps a hold that stands': async ({ store, bucket, open, fill, control }) => {
    const stamp = await open();
    await store.invalidate(bucket, { prefixes: ['b:'], hold: { id: 'h', ms: 60_000 } });
    await fill(stamp, 'a:', { supersedes: true });
    equal((await control())?.endsWith('!'), true);
    await store.invalidate(bucket, { prefixes: ['b:'], release: 'h' });
  },
});
