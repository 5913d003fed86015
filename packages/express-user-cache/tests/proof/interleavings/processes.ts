import type { Request, Response } from 'express';
import type fc from 'fast-check';
import { MemoryStore, type UserCache, userCache } from '../../../src/index.js';
import { userOwner } from '../../../src/identity/owner.js';
import { pinnedTo } from '../../../src/identity/pin.js';
import { GuardedStore } from '../../../src/store/guarded/guarded-store.js';
import { Copies } from '../../../src/store/tiered/copies.js';
import { Proof } from '../../../src/store/tiered/proof.js';
import { TieredStore } from '../../../src/store/tiered/tiered-store.js';
import { type Clock, fakeClock } from '../../../src/testing/clock.js';
import { withCopies } from '../../support/caches.js';
import { coreOver, handleOver } from '../../support/core.js';
import { ScheduledStore } from '../../support/scheduled-store.js';
import { ScheduledLine } from './bus.js';

export const MAX_STALE = 2_000;
/** Not over. */
const RESPONSE = { headersSent: false, hasHeader: () => true, writableEnded: false, closed: false };
const namespaces = { row: { ttl: 'long' } } as const;

export interface Session {
  userId?: string | undefined;
}

/** The cache of a request in a process. */
export type Handle = (session: Session) => UserCache<typeof namespaces>;

export interface Processes {
  readonly clock: Clock;
  readonly handles: readonly Handle[];
  /** Connections to a bus, where the processes have one. */
  readonly lines: readonly ScheduledLine[];
  /** The store loses everything. */
  readonly evict: () => Promise<void>;
}

const PROCESSES = 2;

const all = <T>(make: (index: number) => T): T[] => Array.from({ length: PROCESSES }, (_, index) => make(index));

/** As applications are: middleware over a store. */
export function assembled(scheduler: fc.Scheduler, delay: () => number, l1: 'off' | 'validated'): Processes {
  const clock = fakeClock();
  const store = new MemoryStore({ now: clock.now });
  const handles = all((): Handle => {
    const road = new ScheduledStore(scheduler, store, { delay });
    const cache = userCache({ store: road, namespaces: withCopies(namespaces, l1), jitter: 0, now: clock.now });
    return (session) => {
      const req = { session } as unknown as Request;
      cache(req, RESPONSE as unknown as Response, () => undefined);
      return req.userCache;
    };
  });
  return { clock, handles, lines: [], evict: () => store.close() };
}

/** The same parts by hand, because a bus comes with Redis only. */
export function bounded(scheduler: fc.Scheduler, delay: () => number): Processes {
  const clock = fakeClock();
  const store = new MemoryStore({ now: clock.now });
  const lines: ScheduledLine[] = [];
  const handles = all((own): Handle => {
    const copies = new Copies(2 ** 20, clock.now);
    const proof = new Proof(copies, MAX_STALE, clock.now);
    lines.push(new ScheduledLine(scheduler, proof, clock.now));
    const announce: ScheduledLine['announce'] = (...announced) => {
      for (const [index, line] of lines.entries()) if (index !== own) line.announce(...announced);
    };
    const road = new ScheduledStore(scheduler, store, { announce, delay });
    const guarded = new GuardedStore(new TieredStore(road, copies), { now: clock.now });
    const options = { namespaces: withCopies(namespaces, 'bounded'), now: clock.now };
    const core = coreOver(guarded, { copies, proof }, options);
    return (session) =>
      handleOver(
        core,
        pinnedTo(() => (session.userId === undefined ? undefined : userOwner(session.userId)), RESPONSE),
      );
  });
  return { clock, handles, lines, evict: () => store.close() };
}
