import { publish } from '../observe/events.js';
import { stampOf } from '../store/admission.js';
import { copyOf } from './copies.js';
import type { Answer, Seen } from './find.js';
import { type Load, loading, startAfter } from './load.js';
import type { Bucket, Scope, Target } from './scope.js';
import type { Terms } from './terms.js';

/**
 * Starts the load of an entry that a hit found, where it is about to expire: the hit does not wait for it. **It is a load
 * like any other**: for the owner that the handle is pinned to, under the control string from before it, which the hit saw,
 * joined by whoever misses under the same, and its result is stored if nothing was invalidated since.
 */
export function refreshIfDue(
  scope: Scope,
  bucket: Bucket,
  target: Target,
  seen: Seen,
  hit: Answer,
  load: Load,
  terms: Terms,
): void {
  const { namespace } = target.policy;
  const { eagerness, settings, slots } = scope.core;
  if (!eagerness.get(namespace)?.isDue(settings.now(), hit.expiresAt)) return;
  // Somebody waits for the turn that it would take; there will be another hit.
  if (slots.get(namespace)?.hasFree() === false) return;
  // A copy that was returned without asking is from under the control string that it carries.
  const control = seen.control ?? copyOf(scope, bucket, target)?.control;
  if (stampOf(control) === undefined) return;
  const refresh = async (): Promise<void> => {
    const start = await startAfter(scope, bucket, { ...seen, control });
    // Without it the load would neither be joined nor stored.
    if (start.control === undefined) return;
    const { led, result } = loading(scope, target, start, load, terms);
    // Who joined is not the one to tell.
    if (led) await result;
    else result.catch(() => undefined);
  };
  refresh().catch(() => {
    publish({ type: 'refresh-failed', namespace });
  });
}
