import type { Seal } from '../entry/seal.js';
import { UserCacheTypeError } from '../errors.js';
import type { Owner } from '../identity/owner.js';
import type { Pin } from '../identity/pin.js';
import type { UserSalts } from '../identity/salts.js';
import { encodeParts } from '../key/encode.js';
import type { Names, PathName } from '../key/name.js';
import type { Eagerness } from '../load/eagerness.js';
import type { Timers } from '../load/timers.js';
import type { LoadsInFlight } from '../load/flights.js';
import type { Slots } from '../load/slots.js';
import type { LoadsWithoutStore } from '../load/without-store.js';
import { type CacheEvent, publish } from '../observe/events.js';
import type { Policies, Policy } from '../policy/namespaces.js';
import type { Settings } from '../policy/options.js';
import { Bypassed } from '../store/guarded/guarded-store.js';
import type { Entry, Store } from '../store/store.js';
import type { L1 } from '../store/tiered/l1.js';

/** What all handles of a cache share. */
export interface Core {
  readonly settings: Settings;
  readonly store: Store<Entry>;
  /** It is this process's own, so it keeps values that cannot change as they are. */
  readonly holdsValues: boolean;
  /** Where a namespace has copies in this process. */
  readonly l1: L1 | undefined;
  readonly names: Names;
  readonly seal: Seal | undefined;
  /** Where users have salts of their own. */
  readonly salts: UserSalts | undefined;
  readonly timers: Timers;
  readonly loads: LoadsInFlight<Result>;
  readonly loadsWithoutStore: LoadsWithoutStore<Result>;
  /** By namespace, of those that hits refresh. */
  readonly eagerness: ReadonlyMap<string, Eagerness>;
  /** By namespace, of those whose loads take turns. */
  readonly slots: ReadonlyMap<string, Slots>;
}

/** Whether a call found what it asked for, did not, or passed the cache by. */
export type Outcome = 'hit' | 'miss' | 'bypass';

/** What a load came to, as all who joined it get it. */
export interface Result {
  readonly text: string;
  readonly value: unknown;
  /** It cannot change: it may be returned to many. */
  readonly frozen: boolean;
}

/** An owner, and where the store keeps what is theirs. */
export interface Bucket {
  readonly tag: string;
  readonly owner: Owner;
  /** Only where the owner needs one, and `withSalt` has asked for it. */
  readonly salt?: Buffer;
}

/** A key, resolved: its namespace's policy and how its path is called. */
export interface Target {
  readonly policy: Policy;
  readonly path: PathName;
}

/** What a handle is bound to: whose bucket, which namespaces. */
export class Scope {
  readonly core: Core;
  readonly policies: Policies;
  readonly maxEntries: number;
  readonly #pin: Pin;
  readonly #report: (outcome: Outcome) => void;
  #bucket: Bucket | undefined;

  constructor(
    core: Core,
    bound: { pin: Pin; policies: Policies; maxEntries: number; report?: (outcome: Outcome) => void },
  ) {
    this.core = core;
    this.policies = bound.policies;
    this.maxEntries = bound.maxEntries;
    this.#pin = bound.pin;
    this.#report = bound.report ?? (() => undefined);
  }

  /**
   * The owner's bucket; `undefined` for nobody. Called before and after every await.
   *
   * @throws `ERR_UC_OWNER_CHANGED`
   */
  bucket(): Bucket | undefined {
    const owner = this.#pin.owner();
    if (owner === undefined) return undefined;
    if (this.#bucket?.owner === owner) return this.#bucket;
    const { app } = this.core.settings;
    return (this.#bucket = { owner, tag: this.core.names.bucket(app === '' ? owner : `${app}/${owner}`) });
  }

  /**
   * Whether values may be returned and stored; where not, a read is a bypass and a write only invalidates.
   *
   * @throws `ERR_UC_REQUEST_ENDED`
   */
  isLive(): boolean {
    return this.#pin.isLive();
  }

  /** @throws {UserCacheTypeError} `ERR_UC_BAD_KEY`, `ERR_UC_UNKNOWN_NAMESPACE` */
  target(key: unknown): Target {
    if (!Array.isArray(key) || key.length === 0) {
      throw new UserCacheTypeError(
        'ERR_UC_BAD_KEY',
        "A key is an array that begins with a namespace, such as ['conversation', id]",
      );
    }
    const [namespace, ...parts] = key as unknown[];
    const policy = typeof namespace === 'string' ? this.policies.get(namespace) : undefined;
    if (!policy) {
      throw new UserCacheTypeError(
        'ERR_UC_UNKNOWN_NAMESPACE',
        `The first part of the key is not one of the namespaces ${[...this.policies.keys()].join(', ') || '(there are none)'}; declare it in the options`,
      );
    }
    return { policy, path: this.core.names.path([policy.namespace, ...encodeParts(parts)], policy.version) };
  }

  report(outcome: Outcome, { policy: { namespace } }: Target, tier: Tier = 'store'): void {
    if (outcome === 'hit') publish({ type: 'hit', namespace, tier });
    if (outcome === 'miss') publish({ type: 'miss', namespace });
    this.#report(outcome);
  }

  /** What the store answers, or `undefined` where it fails: an error of the cache is never an error of a read. */
  async attempt<T>(operation: StoreOperation, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.failed(operation, error);
      return undefined;
    }
  }

  /** Says that the store failed; a store that was not even asked is no news. */
  failed(operation: StoreOperation, error: unknown): void {
    if (!(error instanceof Bypassed)) publish({ type: 'store-error', operation, error });
  }
}

export type Tier = Extract<CacheEvent, { type: 'hit' }>['tier'];

type StoreOperation = Extract<CacheEvent, { type: 'store-error' }>['operation'];
