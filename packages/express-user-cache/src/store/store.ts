import type { Control, Stamp } from './admission.js';

/** A value that cannot change, as a store keeps it that only this process uses: nothing is written and nothing parsed. */
export interface Held {
  readonly value: unknown;
  /** Whose it is and what it is, in full: compared on every read, as what the header of a text says. */
  readonly owner: string;
  readonly path: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  /** Of its text. */
  readonly bytes: number;
}

/** What a store keeps. A store of text is only ever given text. */
export type Entry = string | Held;

/** What one read saw of a bucket, at one moment. */
export interface Snapshot<E extends Entry = string> {
  /** Absent where the bucket is. */
  readonly control: Control | undefined;
  /** The entries in the order of the names that were asked for. */
  readonly entries: readonly (E | undefined)[];
}

/** An entry to store, if admission lets it in. */
export interface Fill<E extends Entry = string> {
  readonly stamp: Stamp | undefined;
  /** The names of the path's prefixes, shortest first; the last one is the path. */
  readonly prefixes: readonly string[];
  readonly name: string;
  readonly entry: E;
  /** ms from now until the entry may go: at its expiry, or later where it may be asked for after that. */
  readonly ttl: number;
  /** The moment it expires, in ms since 1970 by this process's clock: what decides which entry of a full bucket goes. */
  readonly expiresAt: number;
  /** A full bucket drops its soonest-expiring entry (of a small sample) for a new one. */
  readonly maxEntries: number;
  /** `set` and `writeThrough`: invalidates the path first, whether or not the entry is then stored. */
  readonly supersedes: boolean;
}

/** A load that other processes may wait for. */
export interface Lease {
  /** Of the entry that it will fill. */
  readonly name: string;
  /** What it starts under: a lease under another control string than the bucket's is none. */
  readonly stamp: Stamp;
  /** Who asks. */
  readonly id: string;
  /** How long it lives from now unless it is renewed; 0 ends it, if it is theirs. */
  readonly ms: number;
  /** Who asks has found it held before: where it was ended since, they do not take it, for nothing came of it. */
  readonly waited: boolean;
}

/** `taken`: by who asked. `held`: by another. `free`: nobody need wait. */
export type LeaseAnswer = 'taken' | 'held' | 'free';

/** What is to be forgotten: these paths and all below them, or everything. */
export interface Invalidation {
  readonly prefixes: readonly string[] | 'all';
  /** Places a hold: until it is released or `ms` have passed by the store's clock, no control string is a stamp. */
  readonly hold?: { readonly id: string; readonly ms: number };
  /** Lifts the hold with this id, after the invalidation. */
  readonly release?: string;
}

/**
 * Where buckets live. **Every method is atomic on its bucket**, and a bucket's control, notes and entries live and die
 * together: whatever loses one of them loses all, which can only cause misses. How a store keeps that is its own affair;
 * the conformance suite says whether it does.
 *
 * Methods reject with a `UserCacheError` where the store cannot be reached or answers nonsense.
 */
export interface Store<E extends Entry = string> {
  read(bucket: string, names: readonly string[]): Promise<Snapshot<E>>;
  /** The control string of the bucket, made if it is absent; lifts the holds whose deadline has passed. */
  open(bucket: string): Promise<Control>;
  /** Whether the entry was stored. */
  fill(bucket: string, fill: Fill<E>): Promise<boolean>;
  invalidate(bucket: string, invalidation: Invalidation): Promise<void>;
  /** Takes, renews or ends a lease. For `singleFlight: 'everywhere'` only. */
  lease?(bucket: string, lease: Lease): Promise<LeaseAnswer>;
  /** Resolves once the store answers. */
  ready(): Promise<void>;
  /** An entry came back that belongs elsewhere: whatever carried it must not be trusted again. */
  distrust(): void;
  close(): Promise<void>;
}
