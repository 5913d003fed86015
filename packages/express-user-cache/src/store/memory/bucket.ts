import type { Control, Fences } from '../admission.js';
import type { Entry, Fill, Lease, LeaseAnswer } from '../store.js';

interface Kept<E extends Entry> {
  readonly entry: E;
  readonly expiresAt: number;
}

/** Beyond this many notes the older half is folded into the floor. The Redis store keeps the same number. */
const MAX_NOTES = 128;
const SAMPLE = 5;
/** What a bucket without entries weighs, roughly: no bucket is free, or buckets without end would be. */
const EMPTY_BYTES = 256;

/** One user's entries, and what decides whether a fill may join them. */
export class Bucket<E extends Entry = string> implements Fences {
  readonly entries = new Map<string, Kept<E>>();
  readonly notes = new Map<string, number>();
  readonly holds = new Map<string, number>();
  /** By the name of the entry, all under the control string of now. */
  readonly #leases = new Map<string, { readonly id: string; readonly deadline: number }>();
  floor = 0;
  bytes = EMPTY_BYTES;
  readonly #incarnation: string;
  #fence = 0;

  constructor(incarnation: string) {
    this.#incarnation = incarnation;
  }

  get control(): Control {
    return `${this.#incarnation}.${this.#fence}${this.held ? '!' : ''}`;
  }

  get held(): boolean {
    return this.holds.size > 0;
  }

  invalidate(prefixes: readonly string[]): void {
    this.#fence += 1;
    this.#leases.clear();
    for (const prefix of prefixes) {
      // Set anew, so that the map's order is the order of the fences.
      this.notes.delete(prefix);
      this.notes.set(prefix, this.#fence);
    }
    if (this.notes.size > MAX_NOTES) this.#dropOldNotes();
    for (const name of this.entries.keys()) {
      if (prefixes.some((prefix) => name.startsWith(prefix))) this.#delete(name);
    }
  }

  store({ name, entry, expiresAt, maxEntries }: Fill<E>): void {
    this.#delete(name);
    if (this.entries.size >= maxEntries) this.#dropSoonestExpiring();
    this.entries.set(name, { entry, expiresAt });
    this.bytes += name.length + sizeOf(entry);
  }

  lease({ name, stamp, id, ms, waited }: Lease, now: number): LeaseAnswer {
    if (stamp !== this.control) return 'free';
    const held = this.#leases.get(name);
    if (ms === 0) {
      if (held?.id === id) this.#leases.delete(name);
      return 'free';
    }
    if (held ? held.id !== id && held.deadline > now : waited) return held ? 'held' : 'free';
    this.#leases.set(name, { id, deadline: now + ms });
    return 'taken';
  }

  hold(id: string, deadline: number): void {
    this.holds.set(id, deadline);
  }

  release(id: string): void {
    this.holds.delete(id);
  }

  inherit(holds: ReadonlyMap<string, number>): void {
    for (const [id, deadline] of holds) this.hold(id, deadline);
  }

  liftExpiredHolds(now: number): void {
    for (const [id, deadline] of this.holds) if (deadline <= now) this.release(id);
  }

  #delete(name: string): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    this.entries.delete(name);
    this.bytes -= name.length + sizeOf(entry.entry);
  }

  #dropOldNotes(): void {
    for (const [prefix, fence] of this.notes) {
      if (this.notes.size <= MAX_NOTES / 2) return;
      this.notes.delete(prefix);
      this.floor = Math.max(this.floor, fence);
    }
  }

  /** A few entries from a random place, as Redis evicts: looking at all of them would make a full bucket slow. */
  #dropSoonestExpiring(): void {
    const names = [...this.entries.keys()];
    const start = Math.floor(Math.random() * names.length);
    const sample = Array.from({ length: Math.min(SAMPLE, names.length) }, (_, i) => names[(start + i) % names.length]);
    const expiry = (name: string | undefined): number => this.entries.get(name ?? '')?.expiresAt ?? Infinity;
    const soonest = sample.reduce((a, b) => (expiry(b) < expiry(a) ? b : a));
    if (soonest !== undefined) this.#delete(soonest);
  }
}

const sizeOf = (entry: Entry): number => (typeof entry === 'string' ? entry.length : entry.bytes);
