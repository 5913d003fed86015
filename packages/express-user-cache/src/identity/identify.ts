import type { Request } from 'express';
import { UserCacheError, warnOnce } from '../errors.js';
import type { AnonymousPolicy, UserCacheOptions } from '../policy/options.js';
import { type Owner, sessionOwner, userOwner } from './owner.js';

interface MaybeIdentified {
  readonly session?: { readonly userId?: unknown; readonly user?: { readonly id?: unknown } | null };
  readonly sessionID?: unknown;
  readonly user?: { readonly id?: unknown } | null;
}

/** Who owns what a request caches now; `undefined` where nothing may be stored. */
export type Identify = (req: Request) => Owner | undefined;

/** By `identify`, or by what express-session and passport put on the request; then by the policy for nobody. */
export function identification(identify: UserCacheOptions['identify'], anonymous: AnonymousPolicy): Identify {
  const idOf = identify ?? (({ session, user }: MaybeIdentified) => session?.userId ?? session?.user?.id ?? user?.id);
  return (req) => {
    const id: unknown = idOf(req);
    return id === undefined || id === null
      ? nobody(req as MaybeIdentified, anonymous, identify !== undefined)
      : userOwner(id);
  };
}

function nobody(req: MaybeIdentified, anonymous: AnonymousPolicy, identified: boolean): Owner | undefined {
  if (anonymous === 'reject') {
    throw new UserCacheError('ERR_UC_NO_OWNER', 'The request has no user, and options.anonymous is reject', {
      status: 401,
    });
  }
  if (anonymous === 'session' && typeof req.sessionID === 'string') return sessionOwner(req.sessionID);
  // express-session leaves the id behind when a session is destroyed.
  if (req.session === undefined && req.sessionID === undefined && !identified) {
    warnOnce(
      'ERR_UC_MOUNTED_BEFORE_SESSION',
      'req.userCache was used on a request without a session: mount the session middleware before the route, or set options.identify. Nothing is cached.',
    );
  } else {
    warnOnce(
      'ERR_UC_NO_OWNER',
      'req.userCache was used on a request without a user: the load ran and nothing was stored (options.anonymous is bypass).',
    );
  }
  return undefined;
}
