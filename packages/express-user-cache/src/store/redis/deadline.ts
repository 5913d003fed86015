import { UserCacheError } from '../../errors.js';
import { Timers } from '../../load/timers.js';

const timers = new Timers();

/**
 * What `accept` makes of the result of `work`, unless it takes longer than `ms`. The command is not taken back by that:
 * ioredis has it in its queue and the server may still run it, which is why every script is safe to run late. `accept` sees
 * a late result too: one that was not asked for says that replies are shifted.
 *
 * @throws {UserCacheError} `ERR_UC_STORE_UNAVAILABLE`
 */
export function within<R, T = R>(ms: number, work: Promise<R>, accept: (result: R) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = timers.alarm(ms, () => {
      reject(new UserCacheError('ERR_UC_STORE_UNAVAILABLE', `The store did not answer within ${ms} ms`));
    });
    const fail = (cause: unknown): void => {
      late.off();
      reject(storeError(cause));
    };
    work.then((result) => {
      try {
        const accepted = accept(result);
        late.off();
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
