import { type Analysis, memoize } from '../analysis.js';
import { onlyDefinition } from '../ast/definitions.js';
import { functionOf, propertyOf } from '../ast/functions.js';
import { type Call, type Node, dottedName, isFunction, literalText, propertyName, unwrap } from '../ast/node.js';
import { importOf, variableOf } from '../ast/scope.js';
import type { CacheMethod } from '../catalog/cache.js';
import { CACHE_BY_LIBRARY } from '../catalog/caches.js';
import { CACHE_FUNCTIONS, NO_CACHE_MODULE } from '../catalog/generic.js';
import { userCacheHandler } from '../catalog/user-cache.js';
import { nameMatcher } from '../settings/pattern.js';
import type { OperationSetting } from '../settings/types.js';
import { clientOf, isUserCacheHandler } from './client.js';
import type { CacheClient, CacheOp } from './types.js';
import { wrappersOver } from './wrapper.js';

function argumentAt(call: Call, position: number | undefined): Node | undefined {
  const argument = position === undefined ? undefined : call.arguments[position];
  // What stands behind a spread cannot be counted.
  const isCountable = position !== undefined && !call.arguments.slice(0, position + 1).some(isSpread);
  return isCountable ? argument : undefined;
}

function isSpread(node: Node): boolean {
  return node.type === 'SpreadElement';
}

function keysOf(call: Call, method: CacheMethod, client: CacheClient, analysis: Analysis): readonly Node[] {
  const first = argumentAt(call, method.key);
  if (!first) return [];
  const all = method.many === true ? call.arguments.slice(method.key).filter((node) => !isSpread(node)) : [first];
  // A key of `req.userCache` is an array itself, a list of keys an array of arrays; elsewhere an array is a list of keys.
  if (client.kind !== 'raw') return all.flatMap((node) => keysInList(node, analysis) ?? [node]);
  return all.flatMap((node) =>
    method.many === true && node.type === 'ArrayExpression' ? node.elements.filter((one) => one !== null) : [node],
  );
}

/** The keys of `mutate([['conversation', id], ['search']], write)`, also where the list has a name. */
function keysInList(node: Node, analysis: Analysis): readonly Node[] | undefined {
  const named = unwrap(node);
  const variable = named.type === 'Identifier' ? variableOf(named, analysis.sourceCode) : undefined;
  const definition = variable && onlyDefinition(variable);
  const list = definition?.kind === 'value' ? unwrap(definition.node) : named;
  if (list.type !== 'ArrayExpression' || list.elements.length === 0) return undefined;
  const keys = list.elements.filter((key) => key !== null && unwrap(key).type === 'ArrayExpression');
  return keys.length === list.elements.length ? keys.filter((key) => key !== null) : undefined;
}

function loaderOf(call: Call, method: CacheMethod): Node | undefined {
  if (typeof method.loader === 'number') return argumentAt(call, method.loader);
  if (method.loader === undefined) return undefined;
  const inline = call.arguments.find((argument) => isFunction(unwrap(argument)));
  const named = call.arguments.find((argument, position) => position > 0 && unwrap(argument).type === 'Identifier');
  return inline ?? named;
}

function operation(call: Call, method: CacheMethod, client: CacheClient, analysis: Analysis): CacheOp {
  const value = argumentAt(call, method.value);
  const loader = loaderOf(call, method);
  const field = value === undefined && method.op === 'write' ? undefined : argumentAt(call, method.field);
  const ttl = argumentAt(call, method.ttl?.at);
  // `hset(key, { ... })` has no field of its own: what stands in its place is the value.
  const stored = value ?? (method.op === 'write' ? argumentAt(call, method.field) : undefined);
  return {
    node: call,
    client,
    op: method.op === 'write' && isOnlyIfAbsent(call) ? 'count' : method.op,
    keys: keysOf(call, method, client, analysis),
    ...(stored && { value: stored }),
    ...(loader && { loader }),
    ...(field && { field }),
    ...(ttl && method.ttl && { ttl: { node: ttl, unit: method.ttl.unit } }),
    why: client.why,
  };
}

/** `set(key, '1', 'EX', 30, 'NX')` takes a lock or leaves a mark: what it stores is not read back as a value. */
function isOnlyIfAbsent(call: Call): boolean {
  return call.arguments.slice(2).some((argument) => {
    const node = unwrap(argument);
    if (node.type === 'ObjectExpression')
      return propertyOf(node, 'NX') !== undefined || propertyOf(node, 'nx') !== undefined;
    return literalText(node)?.toUpperCase() === 'NX';
  });
}

function ofMethod(call: Call, analysis: Analysis): CacheOp | undefined {
  const callee = unwrap(call.callee);
  if (callee.type !== 'MemberExpression') return undefined;
  const name = propertyName(callee);
  if (name === undefined) return undefined;
  if (Object.hasOwn(userCacheHandler.methods, name) && isUserCacheHandler(callee.object, analysis)) {
    const why = [{ text: 'the middleware of express-user-cache', node: callee.object }];
    const client: CacheClient = { library: 'user-cache', kind: 'user', confidence: 'certain', why };
    return operation(call, userCacheHandler.methods[name as keyof typeof userCacheHandler.methods], client, analysis);
  }
  // The name is looked up before the receiver is followed: most calls of a file are no cache's by any receiver.
  if (!methodNames.has(name.toLowerCase())) return undefined;
  const client = clientOf(callee.object, analysis);
  const catalog = client && CACHE_BY_LIBRARY.get(client.library);
  if (!client || !catalog) return undefined;
  const found =
    methodOf(catalog.methods, name) ?? (catalog.upperCase ? upperCaseMethod(catalog.methods, name) : undefined);
  return found && operation(call, found, client, analysis);
}

const methodNames: ReadonlySet<string> = new Set(
  [...CACHE_BY_LIBRARY.values()].flatMap(({ methods }) => Object.keys(methods).map((name) => name.toLowerCase())),
);

/** Own properties only: `toString` is not a method of a cache. */
function methodOf(methods: Readonly<Record<string, CacheMethod>>, name: string): CacheMethod | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function upperCaseMethod(methods: Readonly<Record<string, CacheMethod>>, name: string): CacheMethod | undefined {
  if (name !== name.toUpperCase()) return undefined;
  const known = Object.keys(methods).find((method) => method.toUpperCase() === name);
  return known === undefined ? undefined : methods[known];
}

function ofSettings(call: Call, name: string, analysis: Analysis): CacheOp | undefined {
  const setting = analysis.settings.operations.find(({ callee }) => nameMatcher([callee])(name));
  if (!setting) return undefined;
  const why = [{ text: 'declared in `operations`', node: call.callee }];
  const client: CacheClient = { library: 'settings', kind: 'raw', confidence: 'certain', why };
  return operation(call, methodOfSetting(setting), client, analysis);
}

function methodOfSetting(setting: OperationSetting): CacheMethod {
  const { op, key, value, loader, ttl, unit } = setting;
  return {
    op,
    ...(key !== undefined && { key }),
    ...(value !== undefined && { value }),
    ...(loader !== undefined && { loader }),
    ...(ttl !== undefined && { ttl: { at: ttl, unit: unit ?? 's' } }),
  };
}

/** A function of another module whose name says what it does: only its name is known, so it must be unmistakable. */
function ofFunctionName(call: Call, analysis: Analysis): CacheOp | undefined {
  const callee = unwrap(call.callee);
  if (callee.type !== 'Identifier') return undefined;
  const variable = variableOf(callee, analysis.sourceCode);
  const imported = variable && importOf(variable);
  if (variable && variable.defs.length > 0 && !imported) return undefined;
  // `memo` and `cache` of React remember for one render.
  if (imported && NO_CACHE_MODULE.test(imported.module)) return undefined;
  const method = CACHE_FUNCTIONS.find(([pattern]) => pattern.test(callee.name))?.[1];
  if (!method) return undefined;
  const why = [{ text: `a cache function by its name \`${callee.name}\``, node: callee }];
  const op = operation(call, method, { library: 'generic', kind: 'raw', confidence: 'name', why }, analysis);
  return method.op === 'load' && !op.loader ? undefined : op;
}

/** What a call does to a cache; `undefined` when its receiver is none, whatever the method is called. */
export const recogniseCacheOp: (node: Call, analysis: Analysis) => CacheOp | undefined = memoize(
  (call: Call, analysis: Analysis): CacheOp | undefined => {
    const name = dottedName(call.callee);
    const declared = name === undefined ? undefined : ofSettings(call, name, analysis);
    if (declared) return declared;
    const local = functionOf(call.callee, analysis.sourceCode);
    if (local) return wrapperOpOf(call, local, analysis);
    return ofMethod(call, analysis) ?? ofFunctionName(call, analysis);
  },
);

const wrapperOpOf = wrappersOver((call, analysis) => recogniseCacheOp(call, analysis));
