import { UserCacheError } from '../../errors.js';

/**
 * The result of `work`, unless it takes longer than `ms`. The command is not taken back by that: ioredis has it in its
 * queue and the server may still run it, which is why every script is safe to run late.
 *
 * @throws {UserCacheError} `ERR_UC_STORE_UNAVAILABLE`
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // After a long synchronous task timers run before the sockets are read: the reply may already be waiting there.
      setImmediate(() => {
        reject(new UserCacheError('ERR_UC_STORE_UNAVAILABLE', `The store did not answer within ${ms} ms`));
      });
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
