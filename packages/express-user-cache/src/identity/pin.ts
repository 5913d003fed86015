import { UserCacheError } from '../errors.js';
import type { Owner } from './owner.js';

/** Whose cache a handle is. */
export interface Pin {
  /**
   * The owner, `undefined` for nobody. Asked before and after every await: **between two of them a login, a logout or an
   * impersonation may have made this request somebody else's**.
   *
   * @throws {UserCacheError} `ERR_UC_OWNER_CHANGED`
   */
  owner(): Owner | undefined;
  /**
   * Whether values may pass through the handle: not when the client has gone, though its handler may run on. Asked once, at
   * the start of every call that returns or stores one: **a handle kept from an earlier request would answer a later one
   * with its own user's data**, and the owner it is pinned to never changes.
   *
   * @throws {UserCacheError} `ERR_UC_REQUEST_ENDED` once the response has been sent
   */
  isLive(): boolean;
}

/** What is asked of a response. */
interface Ending {
  /** The handler has ended it. */
  readonly writableEnded: boolean;
  /** Its connection is gone. */
  readonly closed: boolean;
}

/** The owner that the first use finds, for as long as it stays the same and the response is not over. */
export function pinnedTo(current: () => Owner | undefined, response: Ending): Pin {
  let first: { readonly owner: Owner | undefined } | undefined;
  return {
    owner() {
      const owner = current();
      first ??= { owner };
      if (first.owner === owner) return owner;
      throw new UserCacheError(
        'ERR_UC_OWNER_CHANGED',
        'The user of this request changed after req.userCache was first used (a login, a logout or an impersonation); ' +
          'nothing was stored. Use req.userCache only after the change, or cache.forUser(id) and cache.invalidateUser(id)',
      );
    },
    isLive() {
      if (!response.writableEnded) return !response.closed;
      throw new UserCacheError(
        'ERR_UC_REQUEST_ENDED',
        'req.userCache was used after its response had been sent: it belongs to one request and must not be kept. Finish ' +
          'before the response, or use cache.forUser(id) for work after it',
      );
    },
  };
}

/** An owner that was named, not found: jobs, administration, what is shared. */
export const fixedTo = (owner: Owner): Pin => ({ owner: () => owner, isLive: () => true });
