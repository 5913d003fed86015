import { covers, type Prefixes, type Value } from './reference.js';

/** A value that nothing stood in the way of: who asks for it must get it. */
export interface Certain {
  readonly value: Value;
  readonly process: number;
  /** ms; it expires then, or later. */
  readonly livesUntil: number;
}

/** Something that goes on, and whether nothing of its kind went on at the same time. */
export interface Ongoing {
  readonly alone: () => boolean;
  readonly end: () => void;
}

/** Tells of what goes on under a name whether it was alone. */
class Traffic {
  readonly #begun = new Map<string, number>();
  readonly #going = new Map<string, number>();

  begin(name: string): Ongoing {
    const wasAlone = this.isQuiet(name);
    const mine = this.count(name) + 1;
    this.#begun.set(name, mine);
    this.#add(name, 1);
    return {
      alone: () => wasAlone && this.count(name) === mine,
      end: () => {
        this.#add(name, -1);
      },
    };
  }

  /** Tells of a name whether it was quiet from now on until then. */
  watch(): (name: string) => boolean {
    const [begun, going] = [new Map(this.#begun), new Map(this.#going)];
    return (name) => (going.get(name) ?? 0) === 0 && (begun.get(name) ?? 0) === this.count(name);
  }

  count(name: string): number {
    return this.#begun.get(name) ?? 0;
  }

  isQuiet(name: string): boolean {
    return (this.#going.get(name) ?? 0) === 0;
  }

  #add(name: string, change: number): void {
    this.#going.set(name, (this.#going.get(name) ?? 0) + change);
  }
}

/**
 * What must be hit: **a cache that always misses breaks no promise of freshness**, so the model also knows the values
 * that were stored while nobody else wrote, and asks for them while nobody writes.
 */
export class Certainty {
  readonly #values = new Map<string, Certain>();
  readonly #writes = new Traffic();
  readonly #loads = new Traffic();
  /** How often entries were dropped. */
  drops = 0;

  /** Entries may have been dropped, anybody's. */
  drop(): void {
    this.drops += 1;
    this.#values.clear();
  }

  /** Somebody begins to write, which may remove what is stored. */
  writing(user: number, prefixes: Prefixes): Ongoing {
    for (const name of this.#values.keys()) {
      const [owner, key] = name.split(' ').map(Number);
      if (owner === user && covers(prefixes, key ?? 0)) this.#values.delete(name);
    }
    return this.#undropped(this.#writes.begin(String(user)));
  }

  /**
   * Whether nobody looks for a value from now on until then. Who found nothing before a write, and only then opens the
   * bucket, loads after the write, and may store what was loaded in the place of what was written: as fresh, and not the same.
   */
  unsought(user: number): (key: number) => boolean {
    const quiet = this.#loads.watch();
    return (key) => quiet(`${user} ${key}`);
  }

  /** Somebody begins to look for a value, and to load it. */
  loading(user: number, key: number): Ongoing {
    const unwritten = this.#unwritten(user);
    const load = this.#undropped(this.#loads.begin(`${user} ${key}`));
    return { alone: () => load.alone() && unwritten(), end: load.end };
  }

  stored(user: number, key: number, certain: Certain): void {
    this.#values.set(`${user} ${key}`, certain);
  }

  /** What a read that begins now must return, to be asked when it has ended. */
  expected(user: number, key: number): () => Certain | undefined {
    const unwritten = this.#unwritten(user);
    const certain = this.#values.get(`${user} ${key}`);
    return () => (unwritten() && this.#values.get(`${user} ${key}`) === certain ? certain : undefined);
  }

  #unwritten(user: number): () => boolean {
    const [name, wasQuiet] = [String(user), this.#writes.isQuiet(String(user))];
    const before = this.#writes.count(name);
    return () => wasQuiet && this.#writes.count(name) === before;
  }

  #undropped({ alone, end }: Ongoing): Ongoing {
    const drops = this.drops;
    return { alone: () => alone() && this.drops === drops, end };
  }
}
