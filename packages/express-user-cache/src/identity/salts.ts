import { LRUCache } from 'lru-cache';
import { publish } from '../observe/events.js';
import { type Salts, saltBytes } from '../policy/salts.js';
import { idOf, type Owner } from './owner.js';

interface Known {
  readonly incarnation: string;
  readonly salt: Promise<Buffer | undefined>;
}

const REMEMBERED = 10_000;
/** How long a salt that the application deletes on its own may go on sealing here. */
const REMEMBERED_MS = 60_000;
/** A read never waits longer for a salt; it runs its load then. */
const DEADLINE_MS = 1_000;

/**
 * The users' salts, as the application says them. **A salt is good for the life of the bucket under which it was read**: an
 * erasure deletes the salt first and the bucket then, so an entry sealed with a salt that was known before the erasure is
 * offered to a life of the bucket that is over, and refused, in every process. One lookup serves all who ask meanwhile.
 */
export class UserSalts {
  readonly #salts: Salts;
  readonly #known: LRUCache<Owner, Known>;

  constructor(salts: Salts, now: () => number) {
    this.#salts = salts;
    this.#known = new LRUCache({
      max: REMEMBERED,
      ttl: REMEMBERED_MS,
      ttlResolution: 0,
      // What is not asked for again must go too.
      ttlAutopurge: true,
      perf: { now },
    });
  }

  /**
   * The salt of a user; `undefined` where there is none, or it cannot be had now.
   *
   * @throws {UserCacheTypeError} `ERR_UC_BAD_SALT`, `ERR_UC_BAD_OWNER`
   */
  of(owner: Owner, incarnation: string): Promise<Buffer | undefined> {
    const known = this.#known.get(owner);
    if (known?.incarnation === incarnation) return known.salt;
    const salt = this.#read(owner, () => {
      if (this.#known.peek(owner) === reading) this.#known.delete(owner);
    });
    const reading: Known = { incarnation, salt };
    this.#known.set(owner, reading);
    return salt;
  }

  /** Deletes a user's salt, where the application keeps it and here; here also where the application fails. */
  async erase(owner: Owner): Promise<void> {
    try {
      await this.#salts.erase(idOf(owner));
    } finally {
      // Not before: until the application has deleted it, somebody may read it again.
      this.#known.delete(owner);
    }
  }

  /** `failed`: what came of it is not to be remembered. */
  async #read(owner: Owner, failed: () => void): Promise<Buffer | undefined> {
    const id = idOf(owner);
    let salt: unknown;
    try {
      salt = await inTime(() => this.#salts.read(id));
    } catch {
      publish({ type: 'salt', cause: 'unreadable' });
      failed();
      return undefined;
    }
    if (salt === undefined || salt === null) {
      publish({ type: 'salt', cause: 'absent' });
      return undefined;
    }
    try {
      return saltBytes(salt);
    } catch (error) {
      failed();
      throw error;
    }
  }
}

async function inTime<T>(work: () => PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('late'));
    }, DEADLINE_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
