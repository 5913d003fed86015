import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type UserCacheMiddleware } from '../../src/index.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { held } from '../support/held.js';
import { places, type Processes } from '../support/places.js';

const namespaces = {
  a: { ttl: '10s', grace: '1m', timeout: { soft: '100ms', hard: '1s' } },
  strict: { ttl: '10s', timeout: { hard: '1s' } },
  now: { ttl: '10s', grace: '1m', timeout: { soft: 0 } },
} as const;
const TIMEOUT = { code: 'ERR_UC_LOAD_TIMEOUT', status: 504 };
const never = (): never => {
  throw new Error('a load ran that should not have');
};

describe.each(places)('timeouts of loads, on $name', ({ open }) => {
  let processes: Processes<typeof namespaces>;
  let cache: UserCacheMiddleware<typeof namespaces>;
  let alice: ReturnType<typeof cache.forUser>;
  beforeEach(async () => {
    processes = open(namespaces);
    cache = processes.start();
    await cache.ready();
    alice = cache.forUser('alice');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await processes.close();
  });

  /** Moves the timers on, and a little more: sums of fractions of a ms differ in the last digit. */
  const pass = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms + 1);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const expire = async (value: string): Promise<void> => {
    await alice.set(['a'], value);
    await alice.set(['now'], value);
    processes.clock.now += 10_000;
  };

  it('soft: a reader gets the entry in grace, and the load goes on and fills', async () => {
    await expire('old');
    const load = held<string>();
    const reading = alice.getOrSet(['a'], load.load);
    await load.started;
    const events = await eventsDuring(async () => {
      await pass(100);
      expect(await reading).toBe('old');
    });
    expect(events).toContainEqual({ type: 'grace', namespace: 'a' });
    const filled = nextEvent('fill');
    load.release('new');
    await filled;
    expect(await alice.getOrSet(['a'], never)).toBe('new');
    expect(load.calls()).toBe(1);
  });

  it('soft of 0: the entry in grace at once', async () => {
    await expire('old');
    const load = held<string>();
    expect(await alice.getOrSet(['now'], load.load)).toBe('old');
    const filled = nextEvent('fill');
    load.release('new');
    await filled;
    expect(await alice.getOrSet(['now'], never)).toBe('new');
  });

  it('soft: never what was invalidated while the load ran', async () => {
    await expire('old');
    const load = held<string>();
    const reading = alice.getOrSet(['a'], load.load);
    await load.started;
    await alice.invalidate(['a']);
    await pass(100);
    load.release('new');
    expect(await reading).toBe('new');
  });

  it('soft: a load that fails after its reader was answered is an event', async () => {
    await expire('old');
    const load = held<string>();
    const reading = alice.getOrSet(['a'], load.load);
    await load.started;
    await pass(100);
    expect(await reading).toBe('old');
    const failed = nextEvent('refresh-failed');
    load.fail(new Error('the database is down'));
    expect(await failed).toEqual({ type: 'refresh-failed', namespace: 'a' });
  });

  it('soft: who has nothing in grace waits for the load', async () => {
    const load = held<string>();
    const reading = alice.getOrSet(['a'], load.load);
    await load.started;
    await pass(100);
    load.release('new');
    expect(await reading).toBe('new');
  });

  it('hard: fires the signal, rejects all who wait, and says so', async () => {
    let signal: AbortSignal | undefined;
    const load = held<string>();
    const reading = alice.getOrSet(['strict'], (context) => {
      ({ signal } = context);
      return load.load();
    });
    await load.started;
    const joined = alice.getOrSet(['strict'], never);
    await alice.get(['strict']);
    const outcomes = Promise.allSettled([reading, joined]);
    const events = await eventsDuring(() => pass(1_000));
    expect(events).toContainEqual({ type: 'load-timeout', namespace: 'strict' });
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: TIMEOUT });
    expect(signal?.reason).toMatchObject(TIMEOUT);
    load.release('late');
  });

  it('hard: a signal that is looked at too late has fired', async () => {
    const load = held<string>();
    const aborted = new Promise<boolean>((resolve) => {
      const reading = alice.getOrSet(['strict'], async (context) => {
        await load.load();
        resolve(context.signal.aborted);
      });
      reading.catch(() => undefined);
    });
    await load.started;
    await pass(1_000);
    load.release('late');
    expect(await aborted).toBe(true);
  });

  it('hard: the entry in grace in place of the error', async () => {
    await expire('old');
    const load = held<string>();
    const reading = alice.getOrSet(['a'], load.load, { timeout: { soft: '2s' } });
    await load.started;
    await pass(1_000);
    expect(await reading).toBe('old');
    load.release('late');
  });

  it('hard: who comes later loads anew, and what comes late is stored if nothing was invalidated', async () => {
    const [slow, fast] = [held<string>(), held<string>()];
    const first = alice.getOrSet(['strict'], slow.load);
    await slow.started;
    const failed = expect(first).rejects.toMatchObject(TIMEOUT);
    await pass(1_000);
    await failed;
    const second = alice.getOrSet(['strict'], fast.load);
    await fast.started;
    const filled = nextEvent('fill');
    slow.release('late');
    await filled;
    expect(await alice.getOrSet(['strict'], never)).toBe('late');
    fast.release('new');
    expect(await second).toBe('new');
  });

  it('hard: what comes late is refused if the key was invalidated', async () => {
    const load = held<string>();
    const reading = alice.getOrSet(['strict'], load.load);
    await load.started;
    const failed = expect(reading).rejects.toMatchObject(TIMEOUT);
    await pass(1_000);
    await failed;
    await alice.invalidate(['strict']);
    const refused = nextEvent('refused');
    load.release('late');
    await refused;
    expect(await alice.get(['strict'])).toBeUndefined();
  });

  it('hard: who waits longer by the call does not share the end of who waits less', async () => {
    const [patient, hasty] = [held<string>(), held<string>()];
    const long = alice.getOrSet(['strict'], patient.load, { timeout: { hard: '1m' } });
    await patient.started;
    const short = alice.getOrSet(['strict'], hasty.load);
    await hasty.started;
    const failed = expect(short).rejects.toMatchObject(TIMEOUT);
    await pass(1_000);
    await failed;
    patient.release('in time');
    expect(await long).toBe('in time');
  });

  it('leaves no timer behind once its load has ended', async () => {
    const before = vi.getTimerCount();
    expect(await alice.getOrSet(['strict'], () => 'new')).toBe('new');
    await pass(30_000);
    expect(vi.getTimerCount()).toBe(before);
  });

  it('per call needs grace for soft, and soft below hard', async () => {
    const wrong = [{ timeout: { soft: 1 } }, { grace: 1, timeout: { soft: 2, hard: 2 } }, { timeout: { hrad: 1 } }];
    for (const options of wrong) {
      await expect(alice.getOrSet(['strict'], never, options as object)).rejects.toMatchObject({
        code: expect.stringMatching(/ERR_UC_(BAD|UNKNOWN)_OPTION/) as string,
      });
    }
    await expect(alice.getOrSet(['strict'], never, { timeout: { hard: 0 } })).rejects.toMatchObject({
      code: 'ERR_UC_BAD_TTL',
    });
  });
});
