import { describe, expect, it } from 'vitest';
import { freeze } from '../../src/entry/freeze.js';

describe('freeze', () => {
  it('freezes what JSON can hold, in depth', () => {
    const value = { a: [{ b: 1 }, [null]], c: { d: 'x' } };
    expect(freeze(value)).toBe(true);
    expect([value, value.a, ...value.a, value.c].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it.each([1, 'a', true, null, undefined])('has nothing to do for %j', (value) => {
    expect(freeze(value)).toBe(true);
  });

  it('takes cycles and any depth', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(freeze(cycle)).toBe(true);
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(freeze(deep)).toBe(true);
  });

  class Money {
    readonly amount = 1;
  }
  it.each<readonly [string, object]>([
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an instance of a class', new Money()],
    ['bytes', new Uint8Array(1)],
    ['a function', (): number => 1],
    ['a list with a prototype of its own', Object.setPrototypeOf([], null) as object],
  ])('leaves everything as it is where there is %s', (_, part) => {
    const value = { list: [part] };
    expect(freeze(value)).toBe(false);
    expect(Object.isFrozen(value)).toBe(false);
    expect(Object.isFrozen(value.list)).toBe(false);
  });

  it('does not run getters', () => {
    const value = {
      get now(): never {
        throw new Error('ran');
      },
    };
    expect(freeze(value)).toBe(false);
  });
});
