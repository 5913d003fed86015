import type { Clock } from '../../../src/testing/clock.js';
import type { Actor } from './actors.js';
import { Certainty } from './certainty.js';
import type { Outcome } from './program.js';
import { type Reading, Reference, type Value } from './reference.js';

export interface Counts {
  steps: number;
  /** Values that came from the cache. */
  hits: number;
  /** Of those, the ones that had to. */
  certain: number;
  /** Calls that were refused because the request had become another user's. */
  'changed hands': number;
}

/** A call that was made: by whom, what it could know, and what it loaded or wrote. */
export interface Made {
  readonly actor: Actor;
  readonly reading: Reading;
  readonly values: Value[];
  /** Its process died: it answers nobody. */
  isDead: boolean;
}

/** What a load or a write that fails fails with. */
export class WorkError extends Error {
  readonly value: Value;

  constructor(value: Value) {
    super('the load failed');
    this.value = value;
  }
}

/** What the calls of one program share. */
export class Stage {
  readonly reference: Reference;
  readonly certainty = new Certainty();
  readonly clock: Clock;
  readonly counts: Counts;
  /** Loads and writes that are held. */
  readonly #held: (() => void)[] = [];
  #isOver = false;

  constructor(clock: Clock, maxStale: number, counts: Counts) {
    this.clock = clock;
    this.counts = counts;
    this.reference = new Reference(maxStale, clock.now);
  }

  release(which: number): void {
    this.#held.splice(which % Math.max(1, this.#held.length), 1)[0]?.();
  }

  /** Nothing is held any more, nor will be. */
  releaseAll(): void {
    this.#isOver = true;
    for (const release of this.#held) release();
  }

  /** A load, or a write. It loads what belongs to whom the session names when it answers, as applications do. */
  async work(
    { holds, outcome }: { readonly holds: boolean; readonly outcome: Outcome },
    key: number,
    { actor, values }: Made,
    mayBeStored: boolean,
  ): Promise<{ id: number } | undefined> {
    const began = this.reference.time();
    if (holds && !this.#isOver) await new Promise<void>((resolve) => this.#held.push(resolve));
    const what = outcome === 'throws' ? 'error' : outcome === 'undefined' ? 'undefined' : 'value';
    const isStored = mayBeStored && what === 'value' && actor.user !== undefined;
    const { value, id } = this.reference.add({ user: actor.current(), key, what, began, mayBeStored: isStored });
    values.push(value);
    if (what === 'error') throw new WorkError(value);
    return what === 'value' ? { id } : undefined;
  }

  /** What a value that was returned was when it was made. */
  valueOf(returned: unknown): { readonly value: Value | undefined } | undefined {
    return returned === undefined ? undefined : { value: this.reference.byId((returned as { id: number }).id) };
  }
}
