import type { NextFunction, Request, Response } from 'express';
import { getMany, getOrSet } from '../handle/read.js';
import type { Scope } from '../handle/scope.js';
import type { Settings } from '../policy/options.js';
import { cacheControlOf, forbidHttpCaching, UNSTORED } from './cache-control.js';
import { load } from './load-response.js';
import { responseKey } from './response-key.js';
import { checkResponseOptions, type ResponseOptions, type ResponsePlan } from './response-options.js';
import { isStoredResponse, replay } from './stored-response.js';

/** A request handler that leaves the types of the route's parameters to the handler behind it. */
export type ResponseCache = <P>(req: Request<P>, res: Response, next: NextFunction) => void;

/** Browsers may keep it, and must ask here before they show it: whoever asks is answered as who they are now. */
const REVALIDATED = 'private, no-cache';

/**
 * Caches the responses of a route, each user's their own. A miss runs the handler, and what it sends is recorded on its way to
 * the client: **the handler is the load**, so that one runs at a time for a user and key, and nothing is stored that was
 * invalidated, or whose user changed, while it ran.
 *
 * @throws {UserCacheTypeError} as `checkResponseOptions`
 */
export function responseCache(
  settings: Settings,
  options: ResponseOptions,
  scopeOf: (req: Request, res: Response) => Scope,
): ResponseCache {
  const plan = checkResponseOptions(settings, options);
  // A token may have narrower rights than its user's session.
  const varying = new Set(['authorization']);

  return (routed, res, next) => {
    const req = routed as unknown as Request;
    // A part of a body is no response to store, and a whole one is not what was asked for.
    if ((req.method !== 'GET' && req.method !== 'HEAD') || req.headers.range !== undefined) {
      next();
      return;
    }
    const exchange = new Exchange(settings, plan, req, res, next);
    exchange.answer(scopeOf(req, res), varying).catch((error: unknown) => {
      // The handler has answered, and what it answered was not stored.
      if (!exchange.handled) next(error);
    });
  };
}

/** One request and its answer. */
class Exchange {
  handled = false;
  readonly #settings: Settings;
  readonly #plan: ResponsePlan;
  readonly #req: Request;
  readonly #res: Response;
  readonly #next: NextFunction;

  constructor(settings: Settings, plan: ResponsePlan, req: Request, res: Response, next: NextFunction) {
    this.#settings = settings;
    this.#plan = plan;
    this.#req = req;
    this.#res = res;
    this.#next = next;
  }

  async answer(scope: Scope, varying: Set<string>): Promise<void> {
    const [req, res] = [this.#req, this.#res];
    const isSomebody = scope.bucket() !== undefined;
    if (this.#settings.cacheControl) {
      if (isSomebody && !res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', REVALIDATED);
      forbidHttpCaching(res);
    }
    if (!isSomebody) {
      this.#handle();
      return;
    }
    const found = await this.#find(scope, varying);
    // The client may have gone while it waited.
    if (this.handled || res.closed) return;
    const isStored = isStoredResponse(found);
    this.#settle(isStored);
    if (isStored) replay(req, res, found);
    else this.#handle();
  }

  /** What is stored, or what another request's handler has just sent. */
  async #find(scope: Scope, varying: Set<string>): Promise<unknown> {
    const { policy, key, ttl } = this.#plan;
    // Others may learn of more names meanwhile; this key is without them.
    const keyed = new Set(varying);
    const full = [policy.namespace, ...responseKey(this.#req, keyed, key)];
    // What answers a HEAD has no body to store.
    if (this.#req.method === 'HEAD') return (await getMany(scope, [full]))[0];
    const parts = { scope, plan: this.#plan, keyed, varying, settings: this.#settings };
    return getOrSet(
      scope,
      full,
      () =>
        load(this.#req, this.#res, parts, {
          handle: () => {
            this.#handle();
          },
          settle: (isStored) => {
            this.#settle(isStored);
          },
        }),
      { ttl },
    );
  }

  #handle(): void {
    this.handled = true;
    this.#next();
  }

  /** Leaves what the handler says of HTTP caches, and sets right what was said before it was known what it sends. */
  #settle(isStored: boolean): void {
    if (cacheControlOf(this.#res) !== REVALIDATED) return;
    if (!isStored || this.#plan.policy.sensitive) this.#res.setHeader('Cache-Control', UNSTORED);
  }
}
