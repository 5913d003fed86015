import fc from 'fast-check';
import type { Key } from '../../../src/index.js';
import { milliseconds } from '../../../src/policy/duration.js';
import { namespaces } from '../../support/caches.js';

export type TestKey = Key<keyof typeof namespaces>;

/** What is read and written: neighbours, and a key below another. */
export const KEYS: readonly TestKey[] = [
  ['conversation', 1],
  ['conversation', 1, 'history'],
  ['conversation', 2],
  ['profile'],
  ['search', { q: 'a', page: 1 }],
];

/** What is invalidated: namespaces, parts, and what is deeper. */
const PREFIXES: readonly TestKey[] = [['conversation'], ...KEYS, ['search']];

/** Who does it: a job for a user who is named, or a request whose session says who it is. */
export type By = { readonly process: number; readonly user: number } | { readonly request: number };

const OUTCOMES = ['value', 'ttl', 'skip', 'undefined', 'throws'] as const;
/** What a load or a write comes to. */
export type Outcome = (typeof OUTCOMES)[number];

interface Running {
  readonly by: By;
  /** The next step starts before it has ended. */
  readonly overlaps: boolean;
}

interface Working extends Running {
  readonly outcome: Outcome;
  /** Its load, or its write, goes on until a `release`. */
  readonly holds: boolean;
}

/** A call of a handle. Keys and prefixes are indices of `KEYS` and `PREFIXES`. */
export type Call =
  | (Running & { readonly do: 'get'; readonly key: number })
  | (Running & { readonly do: 'getMany'; readonly keys: readonly number[] })
  | (Running & { readonly do: 'set'; readonly key: number; readonly ttl: number | undefined })
  | (Working & { readonly do: 'getOrSet'; readonly key: number })
  | (Working & { readonly do: 'writeThrough'; readonly key: number })
  /** `dies`: its process does so after the write, so that nothing is invalidated or released any more. */
  | (Working & { readonly do: 'mutate'; readonly prefixes: readonly number[]; readonly dies: boolean })
  | (Running & { readonly do: 'invalidate'; readonly prefixes: readonly number[] })
  | (Running & { readonly do: 'invalidateAll' | 'invalidateUser' });

export type Step =
  | Call
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'evict'; readonly user: number }
  | { readonly do: 'flush' }
  | { readonly do: 'request'; readonly request: number; readonly process: number; readonly user: number }
  | { readonly do: 'login'; readonly request: number; readonly user: number }
  | { readonly do: 'logout'; readonly request: number };

export interface Program {
  readonly users: number;
  /** Caches over one store. */
  readonly processes: number;
  readonly steps: readonly Step[];
}

/** Requests that are under way at a time. */
export const REQUESTS = 2;
/** Shorter than every TTL of a namespace, longer than what is stored for a shorter time. */
export const SHORT_TTL = 100_000;
/** One is within `maxStale`, one is beyond it; one is beyond a short TTL, one beyond all of them. */
export const MAX_STALE = 100;
const PAUSES = [MAX_STALE / 2, MAX_STALE, SHORT_TTL, 5 * 3_600_000] as const;

export const keyAt = (index: number): TestKey => KEYS[index] ?? ['profile'];
export const prefixesAt = (indices: readonly number[]): readonly TestKey[] =>
  indices.map((index) => PREFIXES[index] ?? ['profile']);

/** How long a value lives, in ms. */
export const ttlOf = (key: number, given?: number): number => {
  const [namespace] = keyAt(key);
  return given ?? milliseconds(namespaces[namespace].ttl, namespace);
};

const constant = <T extends string>(...texts: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...texts);
/** What does not meet does not race. */
const mostly = (one: number, others: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(fc.constant(one), others);
const oneIn = (n: number): fc.Arbitrary<boolean> => fc.nat({ max: n - 1 }).map((drawn) => drawn === n - 1);
const key = mostly(0, fc.nat({ max: KEYS.length - 1 }));
const prefixes = fc.array(fc.nat({ max: PREFIXES.length - 1 }), { minLength: 1, maxLength: 2 });
/** Mostly values: what is never stored is never hit. */
const outcome = fc.oneof(
  { weight: 5, arbitrary: fc.constant('value' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...OUTCOMES) },
);

function steps(users: number, processes: number, mayOverlap: boolean): fc.Arbitrary<readonly Step[]> {
  const user = mostly(0, fc.nat({ max: users - 1 }));
  const process = fc.nat({ max: processes - 1 });
  const request = fc.nat({ max: REQUESTS - 1 });
  const by: fc.Arbitrary<By> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ process, user }) },
    { weight: 2, arbitrary: fc.record({ request }) },
  );
  const running = { by, overlaps: mayOverlap ? fc.boolean() : fc.constant(false) };
  const working = { ...running, outcome, holds: mayOverlap ? fc.boolean() : fc.constant(false) };
  const ttl = fc.constantFrom(undefined, SHORT_TTL);
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [5, fc.record({ do: constant('get'), ...running, key })],
    [2, fc.record({ do: constant('getMany'), ...running, keys: fc.array(key, { minLength: 1, maxLength: 3 }) })],
    [7, fc.record({ do: constant('getOrSet'), ...working, key })],
    [3, fc.record({ do: constant('set'), ...running, key, ttl })],
    [2, fc.record({ do: constant('writeThrough'), ...working, key })],
    [2, fc.record({ do: constant('mutate'), ...working, prefixes, dies: oneIn(3) })],
    [3, fc.record({ do: constant('invalidate'), ...running, prefixes })],
    [1, fc.record({ do: constant('invalidateAll', 'invalidateUser'), ...running })],
    [mayOverlap ? 5 : 0, fc.record({ do: constant('release'), which: fc.nat({ max: 3 }) })],
    [1, fc.record({ do: constant('pass'), ms: fc.constantFrom(...PAUSES) })],
    [1, fc.record({ do: constant('evict'), user })],
    [1, fc.record({ do: constant('request'), request, process, user })],
    [2, fc.record({ do: constant('login'), request, user })],
    [1, fc.record({ do: constant('logout'), request })],
  ];
  const step = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight: 3 * weight, arbitrary })), {
    weight: 1,
    arbitrary: fc.record({ do: constant('flush') }),
  });
  return fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });
}

/** Half of the programs run one step after the other; in the others loads, writes and invalidations overlap. */
export const program: fc.Arbitrary<Program> = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([users, processes, mayOverlap]) =>
    fc.record({
      users: fc.constant(users),
      processes: fc.constant(processes),
      steps: steps(users, processes, mayOverlap),
    }),
  );
