import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Unwritable } from '../../src/entry/codec.js';
import { json, type Json } from '../../src/entry/json.js';
import { SEED } from '../support/proof.js';

/** What `Json` says in types, in other words; throws where JSON has none for it. */
function jsonOf(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  if (Array.isArray(value)) return Array.from(value, jsonOf);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || Object.prototype.toString.call(value) !== '[object Object]') throw new Error('none');
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(kept.map(([name, part]) => [name, jsonOf(part)]));
}

const kindOf = (value: unknown): string | undefined => {
  try {
    json.stringify(value);
  } catch (error) {
    if (error instanceof Unwritable) return error.kind;
    throw error;
  }
  return undefined;
};

describe('JSON', () => {
  const anything = fc.anything({
    maxDepth: 4,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withNullPrototype: true,
  });

  it('says of anything what its types say, or refuses it', () => {
    let [written, refused] = [0, 0];
    fc.assert(
      fc.property(anything, (value) => {
        let expected: unknown;
        try {
          expected = jsonOf(value);
        } catch {
          refused += 1;
          expect(kindOf([value])).toBeTypeOf('string');
          return;
        }
        written += 1;
        expect(json.parse(json.stringify([value]))).toEqual([expected]);
      }),
      { seed: SEED, numRuns: 3_000 },
    );
    expect(Math.min(written, refused)).toBeGreaterThan(300);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each<readonly [kind: string, value: unknown]>([
    ['a Map', new Map([['secret', 1]])],
    ['a Map', new (class extends Map {})()],
    ['a Set', new Set()],
    ['NaN or Infinity', NaN],
    ['NaN or Infinity', -Infinity],
    ['a bigint', 1n],
    ['a symbol', Symbol('secret')],
    ['a function', (): undefined => undefined],
    ['a Promise', Promise.resolve()],
    ['a RegExp', /secret/],
    ['an Error', new Error('secret')],
    ['bytes', new Uint8Array(2)],
    ['bytes', new ArrayBuffer(2)],
    ['bytes', new DataView(new ArrayBuffer(2))],
    ['a WeakMap or WeakSet', new WeakMap()],
    ['a WeakRef', new WeakRef({})],
    ['an iterator', new Map().keys()],
    ['an invalid Date', new Date(NaN)],
    ['a list with undefined or nothing in one of its places', [undefined]],
    ['a list with undefined or nothing in one of its places', Array<number>(2)],
    ['a cycle, or something that throws when it is read', cycle],
  ])('refuses %s anywhere in a value, and names its kind only', (kind, value) => {
    expect(kindOf(value)).toBe(kind);
    expect(kindOf({ secret: [{ secret: value }] })).toBe(kind);
  });

  it('keeps what says itself what it becomes, and the data of classes', () => {
    class Row {
      readonly id = 1;
      readonly at = new Date(0);
      get name(): string {
        return `row ${this.id}`;
      }
      greet(): string {
        return this.name;
      }
    }
    class ObjectId {
      toJSON(): string {
        return '65f0';
      }
    }
    const value = { row: new Row(), id: new ObjectId(), url: new URL('https://a.example/'), gone: undefined };
    const expected = {
      row: { id: 1, at: '1970-01-01T00:00:00.000Z' },
      id: '65f0',
      url: 'https://a.example/',
    };
    expect(json.parse(json.stringify(value))).toStrictEqual(expected);
    expectTypeOf<Json<ObjectId>>().toEqualTypeOf<string>();
    expectTypeOf<Json<Row>['at']>().toEqualTypeOf<string>();
  });
});
