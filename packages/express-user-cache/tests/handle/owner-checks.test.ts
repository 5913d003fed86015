import type { StandardSchemaV1 } from '@standard-schema/spec';
import express, { type Request, type Response } from 'express';
import { describe, expect, it } from 'vitest';
import { type UserCache, userCache } from '../../src/index.js';
import { FaultyStore } from '../support/faulty-store.js';
import { held } from '../support/held.js';

const key = ['profile'] as const;

/** A request, and every step at which it waits: whose it is may change at each of them. */
function request(user: string | undefined) {
  const clock = { now: 1_000_000 };
  const steps: string[] = [];
  let at: (step: number) => void = () => undefined;
  const step = (name: string): void => {
    at(steps.length);
    steps.push(name);
  };
  const store = new FaultyStore();
  store.fault = step;
  /** One that waits; zod asks such a schema twice. */
  const schema: StandardSchemaV1<unknown, string> = {
    '~standard': {
      version: 1,
      vendor: 'tests',
      validate: (value) => {
        step('validate');
        return Promise.resolve({ value: String(value) });
      },
    },
  };
  // A joined result that is not shared is validated for who joined it: one step more at which the user may change.
  const namespaces = { profile: { ttl: '1m', grace: '1h', schema, clone: true } } as const;
  const session = { user };
  const cache = userCache({
    store,
    namespaces,
    jitter: 0,
    now: () => clock.now,
    cacheControl: false,
    identify: () => session.user,
  });
  const handle = (): UserCache => {
    const req = Object.create(express.request) as Request;
    void cache(req, Object.create(express.response) as Response, () => undefined);
    return req.userCache;
  };
  return {
    handle,
    steps,
    clock,
    alice: cache.forUser('alice'),
    load: () => {
      step('load');
      return 'value';
    },
    fail: () => {
      step('load');
      return Promise.reject(new Error('the database is down'));
    },
    /** From now on, the request is bob's from step `away` on, and whose it was again from step `back` on. */
    change(away: number, back: number | undefined) {
      steps.length = 0;
      at = (current) => {
        if (current === away) session.user = 'bob';
        if (current === back) session.user = user;
      };
    },
  };
}

type Asked = ReturnType<typeof request>;
type Call = (own: ReturnType<Asked['handle']>, asked: Asked) => Promise<unknown>;
/** `away` is the step during which the request becomes bob's; by the one behind it, if there is one, it is alice's again. */
interface Case {
  readonly call: Call;
  readonly steps: readonly string[];
  readonly away: readonly number[];
  readonly before?: (asked: Asked) => unknown;
}

const stored = ({ alice }: Asked): unknown => alice.set(key, 'stored');
const expired = async ({ alice, clock }: Asked): Promise<void> => {
  await alice.set(key, 'stored');
  clock.now += 61_000;
};

const cases: Readonly<Record<string, Case>> = {
  get: { call: (own) => own.get(key), steps: ['read', 'validate'], away: [0, 1], before: stored },
  'getOrSet that hits': {
    call: (own, { load }) => own.getOrSet(key, load),
    steps: ['read', 'validate'],
    away: [0, 1],
    before: stored,
  },
  'getOrSet that loads': {
    call: (own, { load }) => own.getOrSet(key, load),
    steps: ['read', 'open', 'load', 'validate', 'fill'],
    away: [0, 1, 2, 4],
  },
  'getOrSet in grace': {
    call: (own, { fail }) => own.getOrSet(key, fail),
    steps: ['read', 'load', 'read', 'validate'],
    away: [0, 3],
    before: expired,
  },
  set: {
    call: (own) => own.set(key, 'value'),
    steps: ['validate', 'read', 'open', 'fill'],
    away: [2, 3],
  },
  writeThrough: {
    call: (own, { load }) => own.writeThrough(key, load),
    steps: ['read', 'open', 'load', 'validate', 'fill'],
    away: [1, 2, 4],
  },
  mutate: {
    call: (own, { load }) => own.mutate(key, load),
    steps: ['invalidate', 'load', 'invalidate'],
    away: [0, 2],
  },
  invalidate: { call: (own) => own.invalidate(key), steps: ['invalidate'], away: [0] },
  invalidateAll: { call: (own) => own.invalidateAll(), steps: ['invalidate'], away: [0] },
};

describe.each(Object.entries(cases))('%s', (_, { call, steps, away, before }) => {
  it.each(away.map((step) => [steps[step], step] as const))(
    'throws where the request is somebody else’s during %s (step %i), though it is not any more afterwards',
    async (_name, step) => {
      const asked = request('alice');
      await before?.(asked);
      const own = asked.handle();
      asked.change(step, step + 1);
      await expect(call(own, asked)).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    },
  );

  it('waits at these steps, and at no others', async () => {
    const asked = request('alice');
    await before?.(asked);
    asked.change(-1, undefined);
    await call(asked.handle(), asked);
    expect(asked.steps).toEqual(steps);
  });
});

describe('a load that is joined', () => {
  it('throws for who became somebody else while its result was validated', async () => {
    const asked = request('alice');
    const { load, started, release } = held<string>();
    const leading = asked.alice.getOrSet(key, load);
    await started;
    const joining = asked.handle().getOrSet(key, () => 'not joined');
    // What was asked for later is answered later: the reader has joined.
    await asked.alice.get(key);
    asked.change(2, undefined);
    release('value');
    expect(await leading).toBe('value');
    await expect(joining).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    expect(asked.steps).toEqual(['validate', 'fill', 'validate']);
  });
});

describe('a request of nobody', () => {
  it('throws where it is somebody’s after the write of mutate', async () => {
    const asked = request(undefined);
    asked.change(0, undefined);
    await expect(asked.handle().mutate(key, asked.load)).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
  });
});
