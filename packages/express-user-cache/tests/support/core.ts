import type { Namespaces, Store } from '../../src/index.js';
import { type Core, Scope } from '../../src/handle/scope.js';
import { UserCache } from '../../src/handle/user-cache.js';
import type { Pin } from '../../src/identity/pin.js';
import { readableNames } from '../../src/key/name.js';
import { Timers } from '../../src/load/timers.js';
import { LoadsInFlight } from '../../src/load/flights.js';
import { LoadsWithoutStore } from '../../src/load/without-store.js';
import { checkOptions } from '../../src/policy/options.js';
import type { L1 } from '../../src/store/tiered/l1.js';

/** A process put together by hand, for parts that its options would not put together. */
export function coreOver(
  store: Store,
  l1: L1 | undefined,
  options: { namespaces: Namespaces; now: () => number },
): Core {
  return {
    settings: checkOptions({ ...options, jitter: 0 }),
    store,
    holdsValues: false,
    l1,
    names: readableNames,
    seal: undefined,
    salts: undefined,
    loads: new LoadsInFlight(),
    timers: new Timers(),
    eagerness: new Map(),
    slots: new Map(),
    loadsWithoutStore: new LoadsWithoutStore(1),
  };
}

export const handleOver = <N extends Namespaces>(core: Core, pin: Pin): UserCache<N> =>
  new UserCache<N>(new Scope(core, { pin, policies: core.settings.namespaces, maxEntries: 100 }));
