import type { Redis } from 'ioredis';

/**
 * Lets the time of all holds pass, of this bucket or of all: a script counts a hold whose deadline, by the server's clock, is
 * behind it for none. Nothing may write meanwhile: a hold that is placed between the two commands would be lost. Says how
 * many buckets had one.
 */
export async function lapse(redis: Redis, bucket = 'uc:1:{*}'): Promise<number> {
  let lapsed = 0;
  for (const key of await redis.keys(bucket)) {
    const holds = await redis.hget(key, 'w');
    if (holds === null) continue;
    await redis.hset(key, 'w', holds.replaceAll(/=\d+;/g, '=1;'));
    lapsed += 1;
  }
  return lapsed;
}
