import { UserCacheTypeError } from './errors.js';
import type { Policy } from './policy/namespaces.js';
import type { Settings, UserCacheOptions } from './policy/options.js';
import { GuardedStore } from './store/guarded/guarded-store.js';
import { MemoryStore } from './store/memory/memory-store.js';
import type { BusOptions } from './store/redis/bus.js';
import { DurableRedisStore } from './store/redis/durable-store.js';
import { RedisStore } from './store/redis/redis-store.js';
import type { Store } from './store/store.js';
import { Copies } from './store/tiered/copies.js';
import type { L1 } from './store/tiered/l1.js';
import { Proof } from './store/tiered/proof.js';
import { TieredStore } from './store/tiered/tiered-store.js';

/**
 * The store that the options ask for; in front of it the copies of this process, where a namespace has them, and in front
 * of those the guard, so that a user of whom too much may be kept passes both by.
 *
 * @throws {UserCacheTypeError} `ERR_UC_L1_BUS`, and the codes of a Redis client that cannot be used
 */
export function openStore(options: UserCacheOptions, settings: Settings): { store: Store; l1: L1 | undefined } {
  const guarded = (store: Store): Store => new GuardedStore(store, { now: settings.now });
  const policies = [...settings.namespaces.values(), ...settings.shared.values()];
  checkLeases(options, policies);
  const bounded = policies.find(({ l1 }) => l1 === 'bounded')?.namespace;
  if (bounded !== undefined) checkBus(options, bounded);
  if (policies.every(({ l1 }) => l1 === 'off')) return { store: guarded(connect(options, settings)), l1: undefined };

  // Time that a clock set back would give again must not count as fresh.
  const clock = options.now ?? ((): number => performance.now());
  const { maxBytes, maxStale } = settings.l1;
  const copies = new Copies(maxBytes, clock);
  const proof = options.redis && bounded !== undefined ? new Proof(copies, maxStale, clock) : undefined;
  const channel = `uc:1:bus${settings.app === '' ? '' : `:${settings.app}`}`;
  const store = connect(options, settings, proof && { channel, maxStale, clock, listener: proof });
  return { store: guarded(new TieredStore(store, copies)), l1: { copies, proof } };
}

function connect(
  { store, redis, deadlines, durability }: UserCacheOptions,
  { now }: Settings,
  bus?: BusOptions,
): Store {
  if (store) return store;
  if (!redis) return new MemoryStore({ now });
  return durability
    ? new DurableRedisStore(redis, deadlines, durability, bus)
    : new RedisStore(redis, deadlines, { bus });
}

function checkLeases({ store }: UserCacheOptions, policies: readonly Policy[]): void {
  const everywhere = policies.find(({ singleFlight }) => singleFlight === 'everywhere')?.namespace;
  if (everywhere === undefined || !store || store.lease) return;
  throw new UserCacheTypeError(
    'ERR_UC_BAD_OPTION',
    `The namespace '${everywhere}' has singleFlight: 'everywhere', and options.store has no lease(): add it, or leave that out`,
  );
}

/** Without Redis no other process shares the store, and a read of it costs nothing: there `bounded` needs no bus. */
function checkBus({ store }: UserCacheOptions, namespace: string): void {
  if (!store) return;
  throw new UserCacheTypeError(
    'ERR_UC_L1_BUS',
    `The namespace '${namespace}' has l1: 'bounded', which needs to hear what other processes invalidate: that works with ` +
      "options.redis, not with options.store; use l1: 'validated'",
  );
}
