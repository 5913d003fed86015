import type { Request, Response } from 'express';
import type { UserCache, UserId } from '../../../src/index.js';
import type { namespaces } from '../../support/caches.js';
import type { Cache } from './deployments.js';
import type { Call } from './program.js';
import type { User } from './reference.js';

/** Who makes a call: whose handle it is, and whether it is theirs still. */
export interface Actor {
  readonly own: UserCache<typeof namespaces>;
  readonly cache: Cache;
  readonly process: number;
  /** Whose the handle is from its first use on. */
  readonly user: User;
  /** Whose the request is now: whose data a load gets that asks the session. */
  readonly current: () => User;
  /** How often it changed hands. */
  readonly changes: () => number;
}

/** A request that is under way; its session may become another user's. */
export class OpenRequest {
  readonly #process: number;
  readonly #cache: Cache;
  readonly #ids: readonly UserId[];
  readonly #session: { userId?: UserId | undefined } = {};
  readonly #own: UserCache<typeof namespaces>;
  #user: User;
  #pinned: { readonly user: User } | undefined;
  #changes = 0;

  constructor(process: number, cache: Cache, ids: readonly UserId[], user: User) {
    this.#process = process;
    this.#cache = cache;
    this.#ids = ids;
    const req = { session: this.#session } as unknown as Request;
    cache(req, { headersSent: false, hasHeader: () => true } as unknown as Response, () => undefined);
    this.#own = req.userCache;
    this.become(user);
  }

  /** A login, or a logout. */
  become(user: User): void {
    this.#user = user;
    this.#changes += 1;
    this.#session.userId = user === undefined ? undefined : this.#ids[user];
  }

  /** Who makes a call now: the first call of the handle decides whose it is. Administration goes past the handle. */
  actor(call: Call['do']): Actor {
    const now = { user: this.#user };
    if (call !== 'invalidateUser') this.#pinned ??= now;
    return {
      own: this.#own,
      cache: this.#cache,
      process: this.#process,
      user: (call === 'invalidateUser' ? now : (this.#pinned ?? now)).user,
      current: () => this.#user,
      changes: () => this.#changes,
    };
  }
}

/** A job for a user who is named: nobody can change that. */
export const job = (process: number, cache: Cache, ids: readonly UserId[], user: number): Actor => ({
  own: cache.forUser(ids[user] ?? 0),
  cache,
  process,
  user,
  current: () => user,
  changes: () => 0,
});
