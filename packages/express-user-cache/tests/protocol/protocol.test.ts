import { describe, expect, it } from 'vitest';
import { PATIENCE, prove } from '../support/proof.js';
import { explore, type Mix } from './explore.js';
import type { Guard } from './model.js';

const mixes: readonly Mix[] = [
  ['reader2', 'invalidate the path'],
  ['reader2', 'reader', 'invalidate the path'],
  ['reader2', 'reader', 'invalidate a prefix'],
  ['reader2', 'invalidate the path', 'elsewhere'],
  ['eager3', 'invalidate the path'],
  ['eager2', 'reader', 'invalidate everything'],
  ['eager2', 'mutate'],
  ['eager3', 'crash'],
  ['eager2', 'write through'],
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
  it('reads nothing stale', { timeout: PATIENCE }, async () => {
    const found: string[] = [];
    const { runs } = await prove('protocol', `states of ${mixes.length} mixes of processes`, () => {
      let [runs, violations] = [0, 0];
      for (const mix of mixes) {
        const { states, stale, trace } = explore(mix);
        expect(states, mix.join(', ')).toBeGreaterThan(30);
        runs += states;
        violations += stale;
        if (stale > 0) found.push(`${mix.join(', ')}:${trace ?? ''}`);
      }
      return { runs, violations };
    });
    expect(found).toEqual([]);
    expect(runs).toBeGreaterThan(100_000);
  });

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
  it('reads something stale without any one of its rules', { timeout: PATIENCE }, async () => {
    const useless: string[] = [];
    // A violation here is a rule that could be left out.
    await prove('protocol', 'each of its rules taken out: rules that nothing needs', () => {
      for (const [guard, mix] of needed) {
        expect(explore(mix).stale).toBe(0);
        if (explore(mix, guard).stale === 0) useless.push(guard);
      }
      return { runs: needed.length, faults: needed.length, violations: useless.length };
    });
    expect(useless).toEqual([]);
  });
});
