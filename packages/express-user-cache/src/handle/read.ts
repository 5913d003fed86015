import { UserCacheError } from '../errors.js';
import { parse } from './entries.js';
import { find } from './find.js';
import { inGrace, isFailureOfSource } from './grace.js';
import { type Load, loading, startAfter } from './load.js';
import { refreshIfDue } from './refresh.js';
import type { Scope } from './scope.js';
import { afterSoft } from './soft.js';
import { type LoadOptions, terms } from './terms.js';

export async function getMany(scope: Scope, keys: readonly unknown[]): Promise<unknown[]> {
  const isLive = scope.isLive();
  const targets = keys.map((key) => scope.target(key));
  const bucket = isLive ? scope.bucket() : undefined;
  const seen = bucket && targets.length > 0 ? await find(scope, bucket, targets) : undefined;
  const values = targets.map((target, index) => {
    const answer = seen?.answers[index];
    scope.report(answer ? 'hit' : seen?.reached ? 'miss' : 'bypass', target, answer?.tier);
    return answer?.value;
  });
  scope.bucket();
  return values;
}

/** Cache-aside: the entry, or what `load` resolves to, stored if nothing was invalidated meanwhile. */
export async function getOrSet(scope: Scope, key: unknown, load: Load, options?: LoadOptions): Promise<unknown> {
  const isLive = scope.isLive();
  const target = scope.target(key);
  const agreed = terms(target, options);
  for (;;) {
    const owned = scope.bucket();
    const bucket = isLive ? owned : undefined;
    const seen = bucket && (await find(scope, bucket, [target]));
    scope.bucket();
    const hit = seen?.answers[0];
    scope.report(hit ? 'hit' : seen?.reached ? 'miss' : 'bypass', target, hit?.tier);
    if (hit) {
      if (target.policy.eager !== undefined && bucket) refreshIfDue(scope, bucket, target, seen, hit, load, agreed);
      return hit.value;
    }

    const flight = loading(scope, target, await startAfter(scope, bucket, seen), load, agreed);
    try {
      const early = agreed.soft === undefined || !isLive ? undefined : await afterSoft(scope, target, agreed, flight);
      if (early) return early.value;
      const loaded = await flight.result;
      // What cannot be frozen is its leader's alone.
      const found = flight.led || !loaded || loaded.frozen ? loaded : await parse(target, loaded.text);
      scope.bucket();
      return found?.value;
    } catch (error) {
      // The request that led the load changed its owner; this one did not, so it loads for itself.
      if (!flight.led && error instanceof UserCacheError && error.code === 'ERR_UC_OWNER_CHANGED') continue;
      const expired = isLive && isFailureOfSource(error) ? await inGrace(scope, target, agreed.grace) : undefined;
      if (expired) return expired.value;
      throw error;
    }
  }
}
