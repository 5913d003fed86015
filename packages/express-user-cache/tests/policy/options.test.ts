import { describe, expect, it } from 'vitest';
import { MemoryStore, userCache, type UserCacheOptions } from '../../src/index.js';

const ok = { namespaces: { profile: { ttl: 'short' } } } as const;
const secret = 'x'.repeat(32);
// Never asked: what is checked comes first.
const read = (): Promise<undefined> => Promise.resolve(undefined);
const redis = {};
const codec = { name: 'a', stringify: String, parse: String };
const start = (options: unknown): unknown => userCache(options as UserCacheOptions);

describe('options that cannot be right stop the start', () => {
  it.each<readonly [name: string, options: unknown, code: string, says: RegExp]>([
    ['none', undefined, 'ERR_UC_BAD_OPTION', /options must be an object/],
    ['no namespaces', {}, 'ERR_UC_BAD_OPTION', /options\.namespaces/],
    ['a misspelt option', { ...ok, secrets: secret }, 'ERR_UC_UNKNOWN_OPTION', /'secrets'.*secret/],
    [
      'a misspelt option of a namespace',
      { namespaces: { a: { ttl: 'short', sensitve: true } } },
      'ERR_UC_UNKNOWN_OPTION',
      /options\.namespaces\.a has no option 'sensitve'/,
    ],
    ['a namespace that is also shared', { ...ok, shared: ok.namespaces }, 'ERR_UC_NAMESPACE_OVERLAP', /'profile'/],
    ['a name with a delimiter', { namespaces: { 'a:b': { ttl: 'short' } } }, 'ERR_UC_BAD_OPTION', /a letter/],
    ['a namespace that is no object', { namespaces: { a: 60 } }, 'ERR_UC_BAD_OPTION', /must be an object/],
    ['no TTL', { namespaces: { a: {} } }, 'ERR_UC_BAD_TTL', /options\.namespaces\.a/],
    ['a TTL of 0', { namespaces: { a: { ttl: 0 } } }, 'ERR_UC_BAD_TTL', /from 1 ms/],
    ['an endless TTL', { namespaces: { a: { ttl: Infinity } } }, 'ERR_UC_BAD_TTL', /30 days/],
    ['a TTL without a unit', { namespaces: { a: { ttl: '60' } } }, 'ERR_UC_BAD_TTL', /'90s'/],
    ['an unknown TTL class', { namespaces: { a: { ttl: 'toString' } } }, 'ERR_UC_BAD_TTL', /short/],
    ['a TTL of a fraction', { shared: { a: { ttl: 1.5 } }, namespaces: {} }, 'ERR_UC_BAD_TTL', /options\.shared\.a/],
    ['a version that is no number', { namespaces: { a: { ttl: 1, version: '2' } } }, 'ERR_UC_BAD_OPTION', /version/],
    [
      'a timeout that is none',
      { namespaces: { a: { ttl: 1, timeout: 5 } } },
      'ERR_UC_BAD_OPTION',
      /timeout must be an/,
    ],
    ['a misspelt timeout', { namespaces: { a: { ttl: 1, timeout: { hrad: 5 } } } }, 'ERR_UC_UNKNOWN_OPTION', /'hrad'/],
    ['a hard timeout of 0', { namespaces: { a: { ttl: 1, timeout: { hard: 0 } } } }, 'ERR_UC_BAD_TTL', /timeout\.hard/],
    [
      'a soft timeout without grace',
      { namespaces: { a: { ttl: 1, timeout: { soft: 5 } } } },
      'ERR_UC_BAD_OPTION',
      /soft serves what is in grace/,
    ],
    [
      'a soft timeout that is not below the hard one',
      { namespaces: { a: { ttl: 1, grace: 9, timeout: { soft: 5, hard: 5 } } } },
      'ERR_UC_BAD_OPTION',
      /soft must be shorter than hard/,
    ],
    [
      'no loads at a time',
      { namespaces: { a: { ttl: 1, loads: { concurrency: 0 } } } },
      'ERR_UC_BAD_OPTION',
      /loads\.concurrency must be a whole number above 0/,
    ],
    [
      'loads without a number',
      { shared: { a: { ttl: 1, loads: {} } }, ...ok },
      'ERR_UC_BAD_OPTION',
      /loads\.concurrency/,
    ],
    [
      'an eagerness of 0',
      { namespaces: { a: { ttl: 1, eager: 0 } } },
      'ERR_UC_BAD_OPTION',
      /eager must be true, false or/,
    ],
    [
      'an unknown single flight',
      { namespaces: { a: { ttl: 1, singleFlight: true } } },
      'ERR_UC_BAD_OPTION',
      /singleFlight must be 'process' or 'everywhere'/,
    ],
    ['a schema that is none', { namespaces: { a: { ttl: 1, schema: {} } } }, 'ERR_UC_BAD_OPTION', /Standard Schema/],
    ['a clone that is none', { namespaces: { a: { ttl: 1, clone: 'deep' } } }, 'ERR_UC_BAD_OPTION', /a\.clone/],
    ['a codec that is none', { namespaces: { a: { ttl: 1, codec: 'rich' } } }, 'ERR_UC_BAD_OPTION', /a\.codec/],
    ['a codec without a name', { namespaces: { a: { ttl: 1, codec: JSON } } }, 'ERR_UC_BAD_OPTION', /a\.codec/],
    [
      'a codec that calls itself json',
      { namespaces: { a: { ttl: 1, codec: { ...codec, name: 'json' } } } },
      'ERR_UC_BAD_OPTION',
      /a\.codec/,
    ],
    [
      'a codec whose name ends a line',
      { namespaces: { a: { ttl: 1, codec: { ...codec, name: 'a\n' } } } },
      'ERR_UC_BAD_OPTION',
      /a\.codec/,
    ],
    [
      'sensitive without a secret',
      { namespaces: { a: { ttl: 1, sensitive: true } } },
      'ERR_UC_SECRET_REQUIRED',
      /options\.secret/,
    ],
    ['a secret that is not set', { ...ok, secret: [undefined] }, 'ERR_UC_BAD_SECRET', /is the variable set/],
    [
      'a secret from a variable that is not set',
      { ...ok, secret: undefined },
      'ERR_UC_BAD_SECRET',
      /is the variable set/,
    ],
    ['a short secret', { ...ok, secret: 'hunter2' }, 'ERR_UC_BAD_SECRET', /32 bytes/],
    ['no secrets', { ...ok, secret: [] }, 'ERR_UC_BAD_SECRET', /empty/],
    ['one secret twice', { ...ok, secret: [secret, secret] }, 'ERR_UC_BAD_SECRET', /twice/],
    ['salts without a secret', { ...ok, salts: { read, erase: read } }, 'ERR_UC_SECRET_REQUIRED', /options\.salts/],
    ['salts that cannot be erased', { ...ok, secret, salts: { read } }, 'ERR_UC_BAD_OPTION', /read and erase/],
    ['salts that are none', { ...ok, secret, salts: null }, 'ERR_UC_BAD_OPTION', /options\.salts/],
    ['an identify that is no function', { ...ok, identify: 'userId' }, 'ERR_UC_BAD_OPTION', /identify/],
    ['an unknown policy for nobody', { ...ok, anonymous: 'allow' }, 'ERR_UC_BAD_OPTION', /anonymous/],
    ['an app with a delimiter', { ...ok, app: 'a/b' }, 'ERR_UC_BAD_OPTION', /app/],
    ['a jitter over a half', { ...ok, jitter: 1 }, 'ERR_UC_BAD_OPTION', /jitter/],
    ['a limit of 0', { ...ok, limits: { entriesPerUser: 0 } }, 'ERR_UC_BAD_OPTION', /limits\.entriesPerUser/],
    ['an unknown limit', { ...ok, limits: { entries: 1 } }, 'ERR_UC_UNKNOWN_OPTION', /'entries'/],
    ['a deadline of a text', { ...ok, deadlines: { read: '50ms' } }, 'ERR_UC_BAD_OPTION', /deadlines\.read/],
    ['a limit of no loads', { ...ok, limits: { loadsWithoutStore: 0 } }, 'ERR_UC_BAD_OPTION', /loadsWithoutStore/],
    ['an unknown onUnavailable', { ...ok, onUnavailable: 'retry' }, 'ERR_UC_BAD_OPTION', /options\.onUnavailable/],
    [
      'an unknown onUnavailable of a namespace',
      { namespaces: { a: { ttl: 1, onUnavailable: true } } },
      'ERR_UC_BAD_OPTION',
      /namespaces\.a: onUnavailable/,
    ],
    ['a grace without a unit', { namespaces: { a: { ttl: 1, grace: '60' } } }, 'ERR_UC_BAD_TTL', /a\.grace/],
    ['durability without Redis', { ...ok, durability: { replicas: 1 } }, 'ERR_UC_BAD_OPTION', /options\.redis/],
    ['durability without replicas', { ...ok, redis, durability: {} }, 'ERR_UC_BAD_OPTION', /durability\.replicas/],
    ['durability of no replicas', { ...ok, redis, durability: { replicas: 0 } }, 'ERR_UC_BAD_OPTION', /above 0/],
    [
      'an l1 of a namespace that is none',
      { namespaces: { a: { ttl: 1, l1: true } } },
      'ERR_UC_BAD_OPTION',
      /'bounded'/,
    ],
    ['an unknown option of l1', { ...ok, l1: { maxSize: 1 } }, 'ERR_UC_UNKNOWN_OPTION', /options\.l1 has no option/],
    ['an l1 of no size', { ...ok, l1: { maxBytes: 0 } }, 'ERR_UC_BAD_OPTION', /l1\.maxBytes.*65536/],
    ['a maxStale of a fraction', { ...ok, l1: { maxStale: 0.5 } }, 'ERR_UC_BAD_OPTION', /l1\.maxStale.*100/],
    [
      'bounded copies of a store that has no bus',
      { namespaces: { a: { ttl: 1, l1: 'bounded' } }, store: new MemoryStore() },
      'ERR_UC_L1_BUS',
      /'a'.*options\.store.*'validated'/,
    ],
    ['a header that is none', { ...ok, header: 'X Cache' }, 'ERR_UC_BAD_OPTION', /header/],
  ])('%s', (_, options, code, says) => {
    expect(() => start(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(says) as string }) as Error,
    );
  });

  it('salts of the wrong type do not compile', () => {
    // @ts-expect-error: a number is no salt
    const numbered: UserCacheOptions['salts'] = { read: () => Promise.resolve(1), erase: read };
    // @ts-expect-error: nobody would wait until it is deleted
    const floating: UserCacheOptions['salts'] = { read, erase: () => undefined };
    // @ts-expect-error: a salt that nobody can delete
    expect(() => userCache({ ...ok, secret, salts: { read } })).toThrow('read and erase');
    expect([numbered, floating]).not.toContain(undefined);
  });

  it('never quotes a secret', () => {
    expect(() => start({ ...ok, secret: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it('and the others start', () => {
    expect(() => start(ok)).not.toThrow();
    expect(() => start({ namespaces: { a: { ttl: 1, l1: 'bounded' } } })).not.toThrow();
    expect(() =>
      start({ ...ok, secret, namespaces: { a: { ttl: '1.5h', grace: 0, sensitive: true, version: 0 } } }),
    ).not.toThrow();
  });
});
