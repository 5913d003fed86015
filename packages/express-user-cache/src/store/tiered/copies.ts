import { LRUCache } from 'lru-cache';
import type { Control, Stamp } from '../admission.js';

/** An entry that this process keeps. */
export interface Copy {
  /** What it was read or stored under: as long as the bucket's control is this, the entry is current. */
  readonly control: Stamp;
  /** Whose it is and what it is, in full: compared on every read, as in the entries of a store. */
  readonly owner: string;
  readonly path: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  /** A frozen value; an entry as the store holds it, where the value cannot be frozen. */
  readonly content: { readonly frozen: unknown } | { readonly entry: string };
  readonly bytes: number;
  /** When the read was sent that last showed it to be current, by the clock of the proof. */
  provenAt: number;
}

/** What a read knew when it was sent: the number of forgettings so far, and the time. */
export interface Moment {
  readonly forgettings: number;
  readonly at: number;
}

/** What a copy weighs besides its text. */
const COPY_BYTES = 256;
/** No user may push all others out. */
const SHARE = 1 / 8;
/** How many users' last forgetting is known exactly; those before them count as forgotten with the latest of them. */
const REMEMBERED = 10_000;

/** What this process keeps of one user; the least recently used copy is first. */
class UserCopies {
  readonly byName = new Map<string, Copy>();
  bytes = COPY_BYTES;

  set(name: string, copy: Copy): void {
    this.delete(name);
    this.byName.set(name, copy);
    this.bytes += weight(name, copy);
  }

  delete(name: string): void {
    const copy = this.byName.get(name);
    if (!copy) return;
    this.byName.delete(name);
    this.bytes -= weight(name, copy);
  }
}

const weight = (name: string, { bytes }: Copy): number => name.length + bytes + COPY_BYTES;

/**
 * Copies of entries in this process, each user's apart: the least recently used users go when it is full, a user's own
 * least recently used copies go when they weigh more than an eighth of it.
 *
 * **What was read before something was forgotten is not kept after it**: a reply that was under way during an
 * invalidation may be from before it. Every read notes the moment it was sent, and `keep` compares.
 */
export class Copies {
  readonly #users: LRUCache<string, UserCopies>;
  readonly #share: number;
  readonly #clock: () => number;
  #forgettings = 0;
  /** When a user was last forgotten, wholly or in part; the map's order is the order of the moments. */
  readonly #forgotten = new Map<string, number>();
  /** The latest moment that counts for every user. */
  #floor = 0;

  constructor(maxBytes: number, clock: () => number) {
    this.#clock = clock;
    this.#users = new LRUCache({ maxSize: maxBytes, sizeCalculation: (user) => user.bytes });
    this.#share = maxBytes * SHARE;
  }

  get(bucket: string, name: string): Copy | undefined {
    const user = this.#users.get(bucket);
    const copy = user?.byName.get(name);
    if (!user || !copy) return undefined;
    // Set anew, so that the map's order is that of use.
    user.byName.delete(name);
    user.byName.set(name, copy);
    return copy;
  }

  /** To be taken before a read is sent. */
  now(): Moment {
    return { forgettings: this.#forgettings, at: this.#clock() };
  }

  keep(bucket: string, name: string, unproven: Omit<Copy, 'provenAt'>, sent: Moment): void {
    const copy = { ...unproven, provenAt: sent.at };
    const isOutdated = sent.forgettings < (this.#forgotten.get(bucket) ?? this.#floor);
    if (isOutdated || weight(name, copy) + COPY_BYTES > this.#share) return;
    const user = this.#users.get(bucket) ?? new UserCopies();
    user.set(name, copy);
    for (const [oldest] of user.byName) {
      if (user.bytes <= this.#share) break;
      user.delete(oldest);
    }
    this.#resize(bucket, user);
  }

  /** Forgets one copy that cannot be proven; what is being read meanwhile may be kept. */
  discard(bucket: string, name: string): void {
    const user = this.#users.peek(bucket);
    if (!user) return;
    user.delete(name);
    this.#resize(bucket, user);
  }

  /**
   * Forgets these paths and all below them; or everything, at a cost that does not depend on how much that is. Copies
   * under `since`, the control string that the invalidation left, are from after it.
   */
  forget(bucket: string, prefixes: readonly string[] | 'all', since?: Control): void {
    this.#note(bucket);
    if (prefixes === 'all') {
      this.#users.delete(bucket);
      return;
    }
    const user = this.#users.peek(bucket);
    if (!user) return;
    for (const [name, { control }] of user.byName) {
      if (control !== since && prefixes.some((prefix) => name.startsWith(prefix))) user.delete(name);
    }
    this.#resize(bucket, user);
  }

  /** Forgets everything of everybody, and all that is being read. */
  clear(): void {
    this.#floor = ++this.#forgettings;
    this.#forgotten.clear();
    this.#users.clear();
  }

  #note(bucket: string): void {
    this.#forgettings += 1;
    this.#forgotten.delete(bucket);
    this.#forgotten.set(bucket, this.#forgettings);
    if (this.#forgotten.size <= REMEMBERED) return;
    for (const [oldest, moment] of this.#forgotten) {
      this.#forgotten.delete(oldest);
      this.#floor = moment;
      return;
    }
  }

  /** lru-cache asks for the size of a value only when it is new under its key. */
  #resize(bucket: string, user: UserCopies): void {
    this.#users.delete(bucket);
    if (user.byName.size > 0) this.#users.set(bucket, user);
  }
}
