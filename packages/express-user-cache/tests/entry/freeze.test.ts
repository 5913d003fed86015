import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeze, freezeJson } from '../../src/entry/freeze.js';
import { SEED } from '../support/proof.js';

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

describe('freezeJson', () => {
  const parts = (value: unknown): object[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [];

  it('freezes whatever JSON says, in depth', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        freezeJson(parsed);
        expect(parts(parsed).every((part) => Object.isFrozen(part))).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('freezes what is called __proto__', () => {
    const value = JSON.parse('{"__proto__":{"list":[]}}') as object;
    freezeJson(value);
    const inner = Object.getOwnPropertyDescriptor(value, '__proto__')?.value as { list: unknown[] };
    expect([value, inner, inner.list].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('takes any depth', () => {
    const depth = 100_000;
    let part = JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown[];
    freezeJson(part);
    for (let i = 1; i < depth; i++) {
      if (!Object.isFrozen(part)) expect.fail(`not frozen at depth ${i}`);
      part = part[0] as unknown[];
    }
  });
});
