import { deepStrictEqual as equal, match, notStrictEqual as differs } from 'node:assert';
import { casesOf, entryOf } from './store-case.js';

const odd = ['__proto__', 'constructor', 'toString'];

export const reading = casesOf('opening and reading', {
  'an absent bucket has no control and no entries': async ({ store, bucket }) => {
    equal(await store.read(bucket, ['a:@1']), { control: undefined, entries: [undefined] });
  },

  'opening makes a control string that stays': async ({ open, control }) => {
    const first = await open();
    match(first, /^[\w-]{22}\.0$/);
    equal(await open(), first);
    equal(await control(), first);
  },

  'two buckets never share an incarnation': async ({ store, bucket, open }) => {
    const other = `${bucket}-other`;
    try {
      differs((await store.open(other)).split('.')[0], (await open()).split('.')[0]);
    } finally {
      await store.invalidate(other, { prefixes: 'all' });
    }
  },

  'answers the entries in the order of the names, with what is stored': async ({ store, bucket, open, fill }) => {
    const stamp = await open();
    await fill(stamp, 'a:');
    await fill(stamp, 'c:');
    const { entries } = await store.read(bucket, ['c:@1', 'b:@1', 'a:@1']);
    equal(entries, [entryOf('c:'), undefined, entryOf('a:')]);
  },

  ...Object.fromEntries(
    odd.map((path) => [
      `an entry called ${path} is an entry like any other`,
      async ({ open, fill, has }) => {
        equal(await has(path), [false]);
        await fill(await open(), `${path}:`);
        equal(await has(`${path}:`), [true]);
      },
    ]),
  ),
});
