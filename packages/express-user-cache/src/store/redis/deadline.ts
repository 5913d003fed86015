import { UserCacheError } from '../../errors.js';

/** A promise that is still waited for; without `reject` it has settled. */
interface Waiting {
  readonly end: number;
  reject: ((late: UserCacheError) => void) | undefined;
  next: Waiting | undefined;
}

/**
 * Promises that may all take equally long, so that who began first is late first: **one timer for all of them**, where a
 * timer for each would cost more than the read that it watches.
 */
class Deadline {
  readonly #ms: number;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsettled = 0;

  constructor(ms: number) {
    this.#ms = ms;
  }

  watch(reject: (late: UserCacheError) => void): Waiting {
    const waiting: Waiting = { end: performance.now() + this.#ms, reject, next: undefined };
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
    this.#unsettled += 1;
    if (!this.#timer) this.#arm(this.#ms);
    else if (this.#unsettled === 1) this.#timer.ref();
    return waiting;
  }

  settled(waiting: Waiting): void {
    if (!waiting.reject) return;
    waiting.reject = undefined;
    this.#unsettled -= 1;
    // A timer for what has settled long ago must not keep the process alive.
    if (this.#unsettled === 0) this.#timer?.unref();
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      // After a long synchronous task timers run before the sockets are read: the reply may already be waiting there.
      setImmediate(() => {
        this.#ring();
      });
    }, ms);
  }

  #ring(): void {
    this.#timer = undefined;
    const now = performance.now();
    let first = this.#first;
    while (first && (!first.reject || first.end <= now)) {
      const late = first.reject;
      this.settled(first);
      late?.(new UserCacheError('ERR_UC_STORE_UNAVAILABLE', `The store did not answer within ${this.#ms} ms`));
      first = first.next;
    }
    this.#first = first;
    if (first) this.#arm(first.end - now);
    else this.#last = undefined;
  }
}

const deadlines = new Map<number, Deadline>();

/**
 * What `accept` makes of the result of `work`, unless it takes longer than `ms`. The command is not taken back by that:
 * ioredis has it in its queue and the server may still run it, which is why every script is safe to run late. `accept` sees
 * a late result too: one that was not asked for says that replies are shifted.
 *
 * @throws {UserCacheError} `ERR_UC_STORE_UNAVAILABLE`
 */
export function within<R, T = R>(ms: number, work: Promise<R>, accept: (result: R) => T): Promise<T> {
  let deadline = deadlines.get(ms);
  if (!deadline) deadlines.set(ms, (deadline = new Deadline(ms)));
  const watched = deadline;
  return new Promise((resolve, reject) => {
    const waiting = watched.watch(reject);
    const fail = (cause: unknown): void => {
      watched.settled(waiting);
      reject(storeError(cause));
    };
    work.then((result) => {
      try {
        const accepted = accept(result);
        watched.settled(waiting);
        resolve(accepted);
      } catch (cause) {
        fail(cause);
      }
    }, fail);
  });
}

function storeError(cause: unknown): UserCacheError {
  if (cause instanceof UserCacheError) return cause;
  return isFull(cause)
    ? new UserCacheError('ERR_UC_STORE_FULL', 'Redis has no memory left', { cause })
    : new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'Redis could not run a command', { cause });
}

/** Redis answers so under `maxmemory` with `noeviction`, to what would need memory and to nothing else. */
const isFull = (error: unknown): boolean => error instanceof Error && error.message.startsWith('OOM ');
