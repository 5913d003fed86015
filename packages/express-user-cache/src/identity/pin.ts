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
}

/** The owner that the first use finds, for as long as it stays the same. */
export function pinnedTo(current: () => Owner | undefined): Pin {
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
  };
}

/** An owner that was named, not found: jobs, administration, what is shared. */
export const fixedTo = (owner: Owner): Pin => ({ owner: () => owner });
