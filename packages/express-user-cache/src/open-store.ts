import { UserCacheTypeError } from './errors.js';
import type { Policy } from './policy/namespaces.js';
import type { Settings, UserCacheOptions } from './policy/options.js';
import { GuardedStore } from './store/guarded/guarded-store.js';
import { MemoryStore } from './store/memory/memory-store.js';
import type { BusOptions } from './store/redis/bus.js';
import { DurableRedisStore } from './store/redis/durable-store.js';
import { RedisStore } from './store/redis/redis-store.js';
import type { Entry, Store } from './store/store.js';
import { Copies } from './store/tiered/copies.js';
import type { L1 } from './store/tiered/l1.js';
import { Proof } from './store/tiered/proof.js';
import { TieredStore } from './store/tiered/tiered-store.js';

/** @see Core */
interface Opened {
  readonly store: Store<Entry>;
  readonly holdsValues: boolean;
  readonly l1: L1 | undefined;
}

/**
 * The store that the options ask for; in front of it the copies of this process, where a namespace has them, and in front
 * of those the guard, so that a user of whom too much may be kept passes both by.
 *
 * @throws {UserCacheTypeError} `ERR_UC_L1_BUS`, and the codes of a Redis client that cannot be used
 */
export function openStore(options: UserCacheOptions, settings: Settings): Opened {
  const { now } = settings;
  const guard = { now };
  const policies = [...settings.namespaces.values(), ...settings.shared.values()];
  checkLeases(options, policies);
  const bounded = policies.find(({ l1 }) => l1 === 'bounded')?.namespace;
  const connect = connector(options, bounded);
  // No copy is nearer than what this process alone has, and nobody else invalidates it.
  if (!connect) {
    return { store: new GuardedStore(new MemoryStore<Entry>(guard), guard), holdsValues: true, l1: undefined };
  }
  if (policies.every(({ l1 }) => l1 === 'off')) {
    return { store: new GuardedStore(connect(), guard), holdsValues: false, l1: undefined };
  }

  // Time that a clock set back would give again must not count as fresh.
  const clock = options.now ?? ((): number => performance.now());
  const { maxBytes, maxStale } = settings.l1;
  const copies = new Copies(maxBytes, clock);
  const proof = bounded === undefined ? undefined : new Proof(copies, maxStale, clock);
  const channel = `uc:1:bus${settings.app === '' ? '' : `:${settings.app}`}`;
  const store = new TieredStore(connect(proof && { channel, maxStale, clock, listener: proof }), copies);
  return { store: new GuardedStore(store, guard), holdsValues: false, l1: { copies, proof } };
}

/** How the store of other processes is reached; `undefined` where this process is alone. */
function connector(
  { store, redis, deadlines, durability }: UserCacheOptions,
  bounded: string | undefined,
): ((bus?: BusOptions) => Store) | undefined {
  if (store) {
    if (bounded === undefined) return () => store;
    throw new UserCacheTypeError(
      'ERR_UC_L1_BUS',
      `The namespace '${bounded}' has l1: 'bounded', which needs to hear what other processes invalidate: that works with ` +
        "options.redis, not with options.store; use l1: 'validated'",
    );
  }
  if (!redis) return undefined;
  return durability
    ? (bus) => new DurableRedisStore(redis, deadlines, durability, bus)
    : (bus) => new RedisStore(redis, deadlines, { bus });
}

function checkLeases({ store }: UserCacheOptions, policies: readonly Policy[]): void {
  const everywhere = policies.find(({ singleFlight }) => singleFlight === 'everywhere')?.namespace;
  if (everywhere === undefined || !store || store.lease) return;
  throw new UserCacheTypeError(
    'ERR_UC_BAD_OPTION',
    `The namespace '${everywhere}' has singleFlight: 'everywhere', and options.store has no lease(): add it, or leave that out`,
  );
}
