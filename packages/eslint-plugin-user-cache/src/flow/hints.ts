import { type Call, type Node, dottedName, literalText } from '../ast/node.js';
import { canonicalEntity } from '../db/entity.js';
import { calleeName } from './callbacks.js';

/** Verbs that nothing but caches use. */
const INVALIDATES = /invalidat|revalidat|bust|evict|purge/i;
/** Verbs that anything can use: they need the word `cache` beside them. */
const CLEARS = /clear|flush|reset|refresh|drop|remove|delete|del|forget|expire|update|warm|set|put/i;
const CACHE = /cache/i;
/** Commands of Redis that take elements out of a cached set, list or hash. */
const REMOVES = /^(?:[slz]rem(?:range\w*)?|hdel|[slz]pop\w*|ltrim|smove)$/i;
const ROUTE_CLEARS = /invalidat|revalidat|bust|evict|purge|flush|clear/i;

/** Whether a function that this file does not show is named for invalidating: `bustConversation(id)`, `cacheService.del(key)`. */
export function soundsLikeInvalidation(callee: Node): boolean {
  const name = dottedName(callee);
  if (name === undefined) return false;
  const last = name.slice(name.lastIndexOf('.') + 1);
  return INVALIDATES.test(last) || REMOVES.test(last) || (CACHE.test(name) && CLEARS.test(last));
}

/** Middleware that clears a cache on every write of a route: `router.use(cacheRoutes({ clearOnWrite: 'pets' }))`. */
export function soundsLikeClearingMiddleware(source: string): boolean {
  return ROUTE_CLEARS.test(source);
}

const SENDS: ReadonlySet<string> = new Set([
  'emit',
  'emitAsync',
  'publish',
  'dispatch',
  'enqueue',
  'send',
  'add',
  'trigger',
]);

/** The words of an event that is sent: somewhere else, a listener may invalidate. */
export function entitiesOfEvent(call: Call): string[] {
  if (!SENDS.has(calleeName(call) ?? '')) return [];
  const text = call.arguments[0] && literalText(call.arguments[0]);
  return text === undefined ? [] : [canonicalEntity(text), ...text.split(/[^A-Za-z]+/).map(canonicalEntity)];
}
