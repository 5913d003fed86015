import { keyAt, type TestKey } from './program.js';

/** A user of a program; `undefined` for nobody. */
export type User = number | undefined;

/** What a load or a write came to. Times are those of the reference, which only order; `diesAt` is by the clock. */
export interface Value {
  readonly user: User;
  readonly key: number;
  readonly what: 'value' | 'undefined' | 'error';
  /** When its load began. What was given, not loaded, is as new as the call that gave it. */
  began: number;
  /** When the call that made it ended: until then another reader may have joined it. */
  ended: number;
  /** Nobody reads it from then on, in ms. */
  diesAt: number;
  /** Somebody who reads it later must have had it from the cache. */
  readonly mayBeStored: boolean;
}

/** A call that reads: what ended before it counts for it. */
export interface Reading {
  readonly user: User;
  readonly process: number;
  readonly at: number;
  /** ms */
  readonly clock: number;
}

/** What was promised when a call ended: nothing that began before `before` is read any more. */
interface Fence {
  readonly user: number;
  readonly prefixes: Prefixes;
  readonly process: number;
  readonly before: number;
  readonly ended: number;
  /** ms */
  readonly clock: number;
  /** What the call itself stored. */
  readonly except?: Value | undefined;
  /** The call never ended, its process died: only what comes from the cache is held to it. */
  readonly dead?: boolean;
}

export type Prefixes = readonly TestKey[] | 'all';

const isBelow = (key: TestKey, prefix: TestKey): boolean =>
  prefix.every((part, index) => JSON.stringify(part) === JSON.stringify(key[index]));

export const covers = (prefixes: Prefixes, key: number): boolean =>
  prefixes === 'all' || prefixes.some((prefix) => isBelow(keyAt(key), prefix));

/**
 * The guarantee, without a cache: all that was ever loaded or given, and what was promised about it. **It knows of no
 * store, bucket, stamp or copy**, so it can agree with none of them by mistake.
 */
export class Reference {
  /** What other processes invalidate may be stale for so long, in ms. */
  readonly maxStale: number;
  readonly #now: () => number;
  readonly #values: Value[] = [];
  readonly #fences: Fence[] = [];
  #time = 0;

  constructor(maxStale: number, now: () => number) {
    this.maxStale = maxStale;
    this.#now = now;
  }

  time(): number {
    return ++this.#time;
  }

  reading(user: User, process: number): Reading {
    return { user, process, at: this.time(), clock: this.#now() };
  }

  /** A value of its own, and the number that it is known by. */
  add(made: Pick<Value, 'user' | 'key' | 'what' | 'began' | 'mayBeStored'>): { value: Value; id: number } {
    const value = { ...made, ended: Infinity, diesAt: Infinity };
    return { value, id: this.#values.push(value) - 1 };
  }

  byId(id: number): Value | undefined {
    return this.#values[id];
  }

  promise(promised: Omit<Fence, 'ended' | 'clock'>): void {
    this.#fences.push({ ...promised, ended: this.time(), clock: this.#now() });
  }

  /** Why a reader must not have got this; nothing where it may. */
  objection(reading: Reading, key: number, value: Value | undefined): string | undefined {
    if (!value) return 'a value that nobody loaded';
    if (value.user !== reading.user || value.key !== key) return 'a foreign value';
    const isOver = value.ended < reading.at;
    if (isOver && !value.mayBeStored) return 'a value that was not to be stored';
    if (value.diesAt <= reading.clock) return 'an expired value';
    return this.#needed(reading, key, value) > value.began ? 'a stale value' : undefined;
  }

  /** Whether some load came to nothing, and this reader may have waited for it. */
  mayBeNothing(reading: Reading, key: number): boolean {
    return this.#values.some(
      (value) => value.what === 'undefined' && this.objection(reading, key, value) === undefined,
    );
  }

  #needed({ user, process, at, clock }: Reading, key: number, value: Value): number {
    const counts = (fence: Fence): boolean =>
      fence.user === user &&
      fence.ended < at &&
      fence.except !== value &&
      (fence.dead !== true || value.ended < at) &&
      (fence.process === process || clock - fence.clock >= this.maxStale) &&
      covers(fence.prefixes, key);
    return Math.max(0, ...this.#fences.filter(counts).map(({ before }) => before));
  }
}
