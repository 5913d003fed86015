import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeParts } from '../../src/key/encode.js';
import { opaqueNames, readableNames } from '../../src/key/name.js';
import { PATIENCE, prove, SEED, sized } from '../support/proof.js';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    ':',
    '*',
    '?',
    '[a]',
    '{x}',
    '\r\n',
    '\0',
    '%',
    '%3A',
    '../',
    '__proto__',
    '#1',
    '!true',
    '(a=#1)',
    '@1',
    '$',
    ' ',
  ),
  fc.stringMatching(/^[:*{}%#()=&@$!,[\]]{0,6}$/),
);
const scalar = fc.oneof(
  hostileText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
  fc.boolean(),
);
const part = fc.oneof(
  scalar,
  fc.dictionary(
    hostileText,
    fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(hostileText, scalar, { maxKeys: 2 })),
    {
      maxKeys: 3,
    },
  ),
);
const parts = fc.array(part, { maxLength: 4 });

/** Equality of keys as the documentation says it: by type and value, `-0` is `0`, the order of properties is none. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(canonical)];
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, v]) => [name, canonical(v)] as const);
    return ['object', ...entries.sort(([a], [b]) => (a < b ? -1 : 1))];
  }
  return typeof value === 'bigint' ? ['bigint', value.toString()] : [typeof value, Object.is(value, -0) ? 0 : value];
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
const text = (key: unknown[]): string =>
  encodeParts(key)
    .map((part) => `${part}:`)
    .join('');
const isWellFormed = (value: unknown): boolean =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? 0 : v)).isWellFormed();

describe('the text of a key', () => {
  const pairs = sized(20_000, 1_000_000);

  it('is the same for two keys only if they are equal', { timeout: PATIENCE }, () =>
    prove('keys', 'pairs of keys', () => {
      fc.assert(
        fc.property(parts, parts, (a, b) => {
          if ((text(a) === text(b)) !== same(a, b)) expect.fail('two keys are mixed up');
        }),
        { seed: SEED, numRuns: pairs },
      );
      return { runs: pairs, violations: 0 };
    }),
  );

  it('is the same for two keys that differ in one hostile part only if those are equal', { timeout: PATIENCE }, () =>
    prove('keys', 'pairs of hostile parts', () => {
      fc.assert(
        fc.property(scalar, scalar, (a, b) => {
          // Beside any other part: those that are only of another type. By chance the two never meet.
          for (const other of [b, String(a), ...(Number.isInteger(a) ? [BigInt(Number(a))] : [])])
            if ((text([a]) === text([other])) !== same(a, other)) expect.fail('two parts are mixed up');
          expect(text([a, b])).not.toBe(text([a]));
        }),
        { seed: SEED, numRuns: pairs },
      );
      return { runs: pairs, violations: 0 };
    }),
  );

  it('contains no delimiter, and is bounded', () => {
    fc.assert(
      fc.property(parts, (key) => {
        for (const text of encodeParts(key)) {
          expect(text).toMatch(/^[\w.~%#!$()=&,[\]+-]*$/);
          expect(text.length).toBeLessThanOrEqual(200);
        }
      }),
      { seed: 20_230_320, numRuns: 5_000 },
    );
    expect(isWellFormed(encodeParts(['💬'.repeat(5_000)])[0])).toBe(true);
  });

  it.each<readonly [string, unknown[]]>([
    ['undefined', [undefined]],
    ['null', [null]],
    ['NaN', [NaN]],
    ['Infinity', [Infinity]],
    ['an array', [['a']]],
    ['a Date', [new Date(0)]],
    ['a Map', [new Map()]],
    ['a Buffer', [Buffer.from('a')]],
    ['an instance of a class', [new URL('a:b')]],
    ['a symbol', [Symbol('a')]],
    ['a function', [() => 1]],
    ['a lone surrogate', ['\ud800']],
    ['a lone surrogate as the name of a parameter', [{ '\ud800': 1 }]],
    ['null in a parameter', [{ a: null }]],
    ['an object in a list', [{ a: [{ b: 1 }] }]],
    ['a symbol as a property', [{ [Symbol('a')]: 1 }]],
    [
      'a cycle',
      [
        (() => {
          const a: Record<string, unknown> = {};
          a.a = a;
          return a;
        })(),
      ],
    ],
    ['17 parts', Array.from({ length: 17 }, () => 1)],
  ])('%s is a TypeError with a code', (_, key) => {
    expect(() => encodeParts(key)).toThrow(
      expect.objectContaining({ code: 'ERR_UC_BAD_KEY', name: 'UserCacheTypeError' }) as Error,
    );
  });

  it('never quotes a part in an error', () => {
    expect(() => encodeParts([{ secretName: Symbol('secretValue') }])).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching(/secret/) as string }) as Error,
    );
  });
});

describe.each([
  ['readable names', readableNames],
  ['opaque names', opaqueNames(Buffer.alloc(32, 7))],
])('%s', (_, names) => {
  it('of a path begin with the name of every prefix, and of no other path', () => {
    fc.assert(
      fc.property(
        fc.array(scalar, { minLength: 1, maxLength: 4 }),
        fc.array(scalar, { minLength: 1, maxLength: 4 }),
        (a, b) => {
          const [path, other] = [names.path(encodeParts(a), 1), names.path(encodeParts(b), 1)];
          expect(path.prefixes).toHaveLength(a.length);
          for (const prefix of path.prefixes) expect(path.entry.startsWith(prefix)).toBe(true);
          const isPrefix = a.length <= b.length && a.every((part, index) => same(part, b[index]));
          expect(other.entry.startsWith(path.prefixes.at(-1) ?? '')).toBe(isPrefix);
        },
      ),
      { seed: 20_230_320, numRuns: 5_000 },
    );
  });

  it('of two versions differ, below the same prefixes', () => {
    const [one, two] = [names.path(['a', 'b'], 1), names.path(['a', 'b'], 2)];
    expect(one.entry).not.toBe(two.entry);
    expect(one.prefixes).toEqual(two.prefixes);
  });
});

describe('opaque names', () => {
  const names = opaqueNames(Buffer.alloc(32, 7));

  it('say nothing of the owner and the path', () => {
    const { prefixes, entry } = names.path(['conversation', 'diagnosis'], 1);
    for (const name of [names.bucket('alice'), entry, ...prefixes]) expect(name).toMatch(/^[\w-]+$/);
    expect(`${names.bucket('alice')}${entry}`).not.toMatch(/alice|conversation|diagnosis/);
  });

  it('of owners have 128 bits, and depend on the key', () => {
    expect(names.bucket('alice')).toHaveLength(22);
    expect(opaqueNames(Buffer.alloc(32, 8)).bucket('alice')).not.toBe(names.bucket('alice'));
  });

  it('do not mix owners up with paths', () => {
    const { prefixes } = names.path(['alice'], 1);
    expect(names.bucket('alice:').startsWith(prefixes[0] ?? '')).toBe(false);
    expect(names.path(['alice'], 1).entry).not.toContain(names.bucket('alice'));
  });
});
