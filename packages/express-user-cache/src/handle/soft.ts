import { settlesWithin } from '../load/waiting.js';
import { publish } from '../observe/events.js';
import type { Found } from './entries.js';
import { inGrace } from './grace.js';
import type { Loading } from './load.js';
import type { Scope, Target } from './scope.js';
import type { Terms } from './terms.js';

/**
 * What a reader gets at once whose load takes longer than its soft timeout: the entry in grace, if there is one. The load
 * goes on, and fills for whoever comes next.
 */
export async function afterSoft(
  scope: Scope,
  target: Target,
  { grace, soft }: Terms,
  { led, result }: Loading,
): Promise<Found | undefined> {
  if (soft === undefined || grace === 0) return undefined;
  // Nobody may be there yet when it fails.
  if (soft === 0) result.catch(() => undefined);
  else if (await settlesWithin(scope.core.timers, soft, result)) return undefined;
  const expired = await inGrace(scope, target, grace);
  if (expired && led) saysIfItFails(target, result);
  return expired;
}

/** For a load whose readers have all been answered: nobody is there whom its error could reject. */
function saysIfItFails({ policy: { namespace } }: Target, result: Promise<unknown>): void {
  result.catch(() => {
    publish({ type: 'refresh-failed', namespace });
  });
}
