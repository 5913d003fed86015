import { hkdfSync } from 'node:crypto';
import type { Request, Response } from 'express';
import { createSeal } from './entry/seal.js';
import { erase } from './handle/erase.js';
import { type Core, type Outcome, Scope } from './handle/scope.js';
import { UserCache } from './handle/user-cache.js';
import { forbidHttpCaching } from './http/cache-control.js';
import { responseCache } from './http/response-cache.js';
import type { ResponseOptions } from './http/response-options.js';
import { identification } from './identity/identify.js';
import { EVERYBODY, isUser, userOwner } from './identity/owner.js';
import { fixedTo, pinnedTo } from './identity/pin.js';
import { UserSalts } from './identity/salts.js';
import { opaqueNames, readableNames } from './key/name.js';
import { Eagerness } from './load/eagerness.js';
import { LoadsInFlight } from './load/flights.js';
import { LoadsWithoutStore } from './load/without-store.js';
import { Slots } from './load/slots.js';
import { Timers } from './load/timers.js';
import type { Namespaces, NoNamespaces, Policy } from './policy/namespaces.js';
import { checkOptions, type Settings, type UserCacheOptions } from './policy/options.js';
import type { UserId } from './policy/salts.js';
import type { UserCacheMiddleware } from './administration.js';
import { openStore } from './open-store.js';

/**
 * Express middleware that adds `req.userCache`, a cache that can only ever hold the data of the session's user, and
 * `req.sharedCache` for what is the same for everybody. Mount it after the session.
 *
 * @throws {UserCacheTypeError} at once, with a stable code, for options that cannot be right
 */
export function userCache<const N extends Namespaces, const S extends Namespaces = NoNamespaces>(
  options: UserCacheOptions<N, S>,
): UserCacheMiddleware<N, S> {
  const settings = checkOptions(options);
  const core = createCore(options, settings);
  const identify = identification(options.identify, settings.anonymous);
  const { limits } = settings;

  const sharedScope = (report?: (outcome: Outcome) => void): Scope =>
    new Scope(core, {
      pin: fixedTo(EVERYBODY),
      policies: settings.shared,
      maxEntries: limits.sharedEntries,
      ...(report && { report }),
    });
  const userScope = (bound: Pick<ConstructorParameters<typeof Scope>[1], 'pin' | 'report'>): Scope =>
    new Scope(core, { ...bound, policies: settings.namespaces, maxEntries: limits.entriesPerUser });

  const scopeOn = (req: Request, res: Response, report: (outcome: Outcome) => void): Scope =>
    userScope({ pin: pinnedTo(() => identify(req), res), report });
  /** Where a request carries its scope, so that `cache.response` is pinned to the owner that `req.userCache` is. */
  const SCOPE = Symbol('scope');

  const handler = (req: Request, res: Response, next: () => void): void => {
    const report = reporter(settings, res);
    let scope: Scope | undefined;
    let own: UserCache<N> | undefined;
    let shared: UserCache<S> | undefined;
    const open = (): Scope => (scope ??= scopeOn(req, res, report));
    Object.defineProperties(req, {
      [SCOPE]: { configurable: true, enumerable: false, value: open },
      userCache: {
        configurable: true,
        enumerable: false,
        get: () => {
          if (own) return own;
          if (settings.cacheControl) forbidHttpCaching(res);
          return (own = new UserCache(open()));
        },
      },
      sharedCache: {
        configurable: true,
        enumerable: false,
        get: () => (shared ??= new UserCache(sharedScope(report))),
      },
    });
    next();
  };

  const scopeOf = (id: UserId): Scope => userScope({ pin: fixedTo(userOwner(id)) });
  const forUser = (id: UserId): UserCache<N> => new UserCache(scopeOf(id));
  const close = (): Promise<void> => core.store.close();
  return Object.assign(handler, {
    forUser,
    response: (how: ResponseOptions) =>
      responseCache(
        settings,
        how,
        (req, res) =>
          (req as { readonly [SCOPE]?: () => Scope })[SCOPE]?.() ?? scopeOn(req, res, reporter(settings, res)),
      ),
    shared: new UserCache<S>(sharedScope()),
    invalidateUser: (id: UserId) => forUser(id).invalidateAll(),
    eraseUser: async (id: UserId) => {
      await erase(scopeOf(id));
    },
    ready: () => core.store.ready(),
    close,
    [Symbol.asyncDispose]: close,
  });
}

function createCore(options: UserCacheOptions, settings: Settings): Core {
  const { secrets, limits, now } = settings;
  const { salts } = options;
  const policies = [...settings.namespaces.values(), ...settings.shared.values()];
  // The oldest secret names things: while a new one is rolled out, old and new processes must find the same buckets.
  const oldest = secrets?.at(-1);
  return {
    settings,
    ...openStore(options, settings),
    names: oldest ? opaqueNames(Buffer.from(hkdfSync('sha256', oldest, '', 'uc:1:names', 32))) : readableNames,
    seal: secrets && createSeal(secrets, salts && isUser),
    salts: salts && new UserSalts(salts, now),
    timers: new Timers(),
    loads: new LoadsInFlight(),
    eagerness: shared(
      policies,
      ({ eager }) => eager,
      (beta) => new Eagerness(beta),
    ),
    slots: shared(
      policies,
      ({ concurrency }) => concurrency,
      (slots) => new Slots(slots),
    ),
    loadsWithoutStore: new LoadsWithoutStore(limits.loadsWithoutStore),
  };
}

/** What loads share, by namespace, of those that have the option. */
const shared = <T>(
  policies: readonly Policy[],
  option: (policy: Policy) => number | undefined,
  create: (value: number) => T,
): ReadonlyMap<string, T> =>
  new Map(
    policies.flatMap((policy) => {
      const value = option(policy);
      return value === undefined ? [] : [[policy.namespace, create(value)] as const];
    }),
  );

/** Says in the response header what the caches of a request did: `hit` only if every read was one. */
function reporter({ header }: Settings, res: Response): (outcome: Outcome) => void {
  if (header === undefined) return () => undefined;
  const rank: Record<Outcome, number> = { hit: 0, miss: 1, bypass: 2 };
  let worst: Outcome | undefined;
  const say = (outcome: Outcome): void => {
    if (!res.headersSent) res.setHeader(header, outcome);
  };
  say('bypass');
  return (outcome) => {
    worst = worst === undefined || rank[outcome] > rank[worst] ? outcome : worst;
    say(worst);
  };
}
