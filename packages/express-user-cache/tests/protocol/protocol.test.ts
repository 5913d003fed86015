import { describe, expect, it } from 'vitest';
import { explore, type Mix } from './explore.js';
import type { Guard } from './model.js';

const mixes: readonly Mix[] = [
  ['reader2', 'invalidate the path'],
  ['reader2', 'reader', 'invalidate the path'],
  ['reader2', 'reader', 'invalidate a prefix'],
  ['reader2', 'invalidate the path', 'elsewhere'],
  ['reader2', 'invalidate everything'],
  ['reader2', 'reader', 'invalidate everything', 'invalidate the path'],
  ['reader2', 'reader', 'mutate'],
  ['reader2', 'mutate', 'mutate'],
  ['reader2', 'mutate', 'invalidate everything'],
  ['reader2', 'mutate', 'invalidate a prefix'],
  ['reader3', 'crash'],
  ['reader2', 'reader', 'crash'],
  ['reader2', 'crash', 'mutate'],
  ['reader2', 'crash', 'invalidate everything'],
  ['reader2', 'write through', 'invalidate the path'],
  ['reader2', 'write through', 'write through'],
  ['reader2', 'write through', 'mutate'],
  ['reader2', 'write through', 'invalidate everything'],
  ['reader2', 'write through', 'crash'],
  ['reader2', 'write through', 'elsewhere', 'invalidate a prefix'],
  ...['validated', 'bounded'].flatMap((near) => [
    [`${near}3`, 'invalidate the path'],
    [`${near}3`, 'reader', 'invalidate a prefix'],
    [`${near}3`, 'invalidate everything'],
    [`${near}3`, 'mutate'],
    [`${near}2`, 'reader', 'mutate'],
    [`${near}2`, 'mutate', 'invalidate everything'],
    [`${near}3`, 'crash'],
    [`${near}3`, 'write through'],
    [`${near}2`, 'reader', 'write through'],
    [`${near}2`, 'write through', 'invalidate the path'],
  ]),
];

describe('every interleaving of the protocol', () => {
  it.each(mixes.map((mix) => [mix.join(', '), mix] as const))(
    'of %s reads nothing stale',
    { timeout: 60_000 },
    (_, mix) => {
      const { states, stale, trace } = explore(mix);
      expect({ stale, trace }).toEqual({ stale: 0, trace: undefined });
      expect(states).toBeGreaterThan(30);
    },
  );

  /** The shortest mix that shows what each rule is for. */
  const needed: readonly (readonly [Guard, Mix])[] = [
    ['absent', ['reader2', 'invalidate everything']],
    ['incarnation', ['reader2', 'reader', 'invalidate everything']],
    ['note', ['reader2', 'invalidate the path']],
    ['floor', ['reader2', 'invalidate the path', 'elsewhere']],
    ['hold', ['reader3', 'crash']],
    ['held-stamp', ['reader3', 'crash']],
    ['hold-survives', ['reader2', 'crash', 'invalidate everything']],
    ['set-life', ['reader2', 'write through', 'invalidate everything']],
    ['set-note', ['reader2', 'write through', 'invalidate the path']],
    ['l1-proof', ['validated2', 'invalidate the path']],
    ['l1-moment', ['bounded2', 'invalidate the path']],
    ['l1-announce', ['bounded2', 'invalidate the path']],
    ['l1-announce-absent', ['bounded2', 'invalidate the path']],
  ];
  it.each(needed)('without the rule "%s" reads something stale', { timeout: 60_000 }, (guard, mix) => {
    expect(explore(mix).stale).toBe(0);
    expect(explore(mix, guard).stale).toBeGreaterThan(0);
  });
});
