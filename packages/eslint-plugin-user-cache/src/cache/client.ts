import type * as ESTree from 'estree';
import { type Analysis, memoize } from '../analysis.js';
import { functionOf } from '../ast/functions.js';
import { type Node, dottedName, enclosingFunction, parentOf, propertyName, unwrapAwait } from '../ast/node.js';
import { returnedFrom } from '../ast/returns.js';
import { type ImportedName, importOf, requiredModule, variableNamed, variableOf } from '../ast/scope.js';
import type { CacheCatalog } from '../catalog/cache.js';
import { CACHES, CACHE_BY_LIBRARY } from '../catalog/caches.js';
import { CACHE_MODULE, CACHE_NAME, NOT_A_CACHE_NAME } from '../catalog/generic.js';
import { requestProperties, userCacheHandler } from '../catalog/user-cache.js';
import { type Origin, originsOf } from '../ast/origin.js';
import { pathOf } from '../identity/path.js';
import { nameMatcher } from '../settings/pattern.js';
import type { CacheClient, Confidence } from './types.js';

function client(catalog: CacheCatalog, confidence: Confidence, text: string, node: Node): CacheClient {
  return { library: catalog.library, kind: catalog.kind, confidence, why: [{ text, node }] };
}

function ofLibrary(library: string, confidence: Confidence, text: string, node: Node): CacheClient | undefined {
  const catalog = CACHE_BY_LIBRARY.get(library);
  return catalog && client(catalog, confidence, text, node);
}

/** The export that a constructor or a factory is: `Redis`, `ioredis.Cluster`, `require('redis').createClient`. */
function exportOf(callee: Node, analysis: Analysis): ImportedName | undefined {
  if (callee.type === 'Identifier') {
    const variable = variableOf(callee, analysis.sourceCode);
    return variable && importOf(variable);
  }
  if (callee.type !== 'MemberExpression') return undefined;
  const name = propertyName(callee);
  const module = requiredModule(callee.object);
  if (name === undefined) return undefined;
  if (module !== undefined) return { module, name };
  const owner = exportOf(callee.object, analysis);
  if (!owner) return undefined;
  const isModule = owner.name === '*' || owner.name === 'default';
  return { module: owner.module, name: isModule ? name : `${owner.name}.${name}` };
}

function exportedBy(callee: Node, list: 'constructors' | 'factories', analysis: Analysis): CacheCatalog | undefined {
  const exported = exportOf(callee, analysis);
  if (!exported) return undefined;
  return CACHES.find((catalog) => catalog.modules.includes(exported.module) && catalog[list].includes(exported.name));
}

/** A `Map` of a function is gone when it returns; one of a module or of an object stays and is shared by all requests. */
function outlivesCall(node: Node): boolean {
  const around = enclosingFunction(node);
  if (!around) return true;
  const assignment = parentOf(node);
  return (
    assignment?.type === 'AssignmentExpression' &&
    assignment.left.type === 'MemberExpression' &&
    assignment.left.object.type === 'ThisExpression'
  );
}

/** Whether a receiver is a field of an object or a variable of the module. */
function isOfModule(receiver: Node, analysis: Analysis): boolean {
  if (receiver.type !== 'Identifier') return true;
  const [definition] = variableOf(receiver, analysis.sourceCode)?.defs ?? [];
  return definition !== undefined && !enclosingFunction(definition.name);
}

function ofNew(node: ESTree.NewExpression, analysis: Analysis): CacheClient | undefined {
  if (node.callee.type === 'Identifier' && node.callee.name === 'Map' && !exportOf(node.callee, analysis)) {
    return outlivesCall(node) ? ofLibrary('map', 'certain', 'a `Map` that outlives the call', node) : undefined;
  }
  const catalog = exportedBy(node.callee, 'constructors', analysis);
  return catalog && client(catalog, 'certain', `created by \`new ${dottedName(node.callee) ?? ''}\``, node);
}

function ofCall(node: ESTree.CallExpression, analysis: Analysis): CacheClient | undefined {
  const catalog = exportedBy(node.callee, 'factories', analysis);
  if (catalog) return client(catalog, 'certain', `created by \`${dottedName(node.callee) ?? ''}()\``, node);
  const callee = unwrapAwait(node.callee);
  if (callee.type === 'MemberExpression') {
    const method = propertyName(callee) ?? '';
    if (method === userCacheHandler.forUser && isUserCacheHandler(callee.object, analysis)) {
      return ofLibrary('user-cache', 'certain', 'the cache of one user', node);
    }
    const owner = clientOf(callee.object, analysis);
    if (owner && CACHE_BY_LIBRARY.get(owner.library)?.chains.includes(method)) return owner;
  }
  const local = functionOf(callee, analysis.sourceCode);
  for (const returned of local ? returnedFrom(local, analysis.sourceCode) : []) {
    const found = clientOf(returned, analysis);
    if (found) return found;
  }
  return undefined;
}

/** `const cache = userCache({ ... })`, the middleware that carries `forUser` and `invalidateUser`. */
export function isUserCacheHandler(expression: Node, analysis: Analysis): boolean {
  return originsOf(expression, analysis.sourceCode).some((origin) => {
    if (origin.kind !== 'value' || origin.node.type !== 'CallExpression') return false;
    const exported = exportOf(origin.node.callee, analysis);
    return (
      exported !== undefined &&
      (userCacheHandler.modules as readonly string[]).includes(exported.module) &&
      (userCacheHandler.factories as readonly string[]).includes(exported.name)
    );
  });
}

function ofType(name: string, at: Node, analysis: Analysis): CacheClient | undefined {
  const variable = variableNamed(name, at, analysis.sourceCode);
  const module = variable && importOf(variable)?.module;
  for (const catalog of CACHES) {
    if (!catalog.types.includes(name)) continue;
    // `Cache` and `Storage` are the browser's too: a library's type must come from the library.
    const isOwn = catalog.modules.length === 0 || (module !== undefined && catalog.modules.includes(module));
    if (isOwn) return client(catalog, 'certain', `annotated as \`${name}\``, at);
  }
  return undefined;
}

function ofOrigin(origin: Origin, at: Node, analysis: Analysis): CacheClient | undefined {
  switch (origin.kind) {
    case 'value':
      if (origin.node.type === 'AwaitExpression') return clientOf(origin.node.argument, analysis);
      if (origin.node.type === 'NewExpression') return ofNew(origin.node, analysis);
      return origin.node.type === 'CallExpression' ? ofCall(origin.node, analysis) : undefined;
    case 'type':
      // A `Map` of a function is gone when it returns, annotated or not.
      if (origin.type.name === 'Map' && !isOfModule(at, analysis)) return undefined;
      return ofType(origin.type.name, at, analysis);
    case 'import': {
      const declared = analysis.settings.clients.find(
        (setting) => setting.module === origin.module && (setting.export ?? origin.name) === origin.name,
      );
      return declared && ofLibrary(declared.like, 'certain', 'declared in `clients`', at);
    }
    default:
      return undefined;
  }
}

/** What only looks like a cache by its name: a local object, a literal, another collection. */
function isSomethingElse(origin: Origin): boolean {
  if (origin.kind !== 'value') return false;
  const { node } = origin;
  if (node.type === 'NewExpression') {
    return /^(?:Map|Set|WeakMap|WeakSet|WeakRef|URLSearchParams|Headers|FormData)$/.test(dottedName(node.callee) ?? '');
  }
  return !['CallExpression', 'AwaitExpression', 'MemberExpression', 'Identifier', 'Literal'].includes(node.type);
}

function byName(node: Node, name: string, origins: readonly Origin[]): CacheClient | undefined {
  const last = name.replace(/\(\)$/, '').split('.').at(-1) ?? '';
  if (NOT_A_CACHE_NAME.test(last) || origins.some(isSomethingElse)) return undefined;
  const bare = name.endsWith('()') ? last.replace(/^(?:get|use|create|connect)_?/, '') : last;
  const says = CACHE_NAME.test(bare) ? `name \`${last}\`` : moduleThatSays(name, origins);
  return says === undefined ? undefined : ofLibrary('generic', 'name', `a cache by its ${says}`, node);
}

/** `import store from '../lib/redis.js'`: a module of the project that is named after what it exports. */
function moduleThatSays(name: string, origins: readonly Origin[]): string | undefined {
  const [origin] = origins;
  if (origin?.kind !== 'import' || name.includes('.') || !CACHE_MODULE.test(origin.module)) return undefined;
  return `module \`${origin.module}\``;
}

function declaredByName(name: string, node: Node, analysis: Analysis): CacheClient | undefined {
  for (const setting of analysis.settings.clients) {
    if (setting.name !== undefined && nameMatcher([setting.name])(name)) {
      return ofLibrary(setting.like, 'certain', 'declared in `clients`', node);
    }
  }
  return undefined;
}

function ofRequest(node: Node, analysis: Analysis): CacheClient | undefined {
  const path = pathOf(node, analysis);
  const last = path?.text.split('.').at(-1) ?? '';
  if (path?.root !== 'handler' || !Object.hasOwn(requestProperties, last)) return undefined;
  return ofLibrary(requestProperties[last] ?? '', 'certain', `\`${path.text}\` of express-user-cache`, node);
}

const running = new WeakSet<Node>();

/** The cache that a receiver is, decided by where it comes from; `undefined` for anything else. */
export const clientOf = memoize((expression: Node, analysis: Analysis): CacheClient | undefined => {
  const node = unwrapAwait(expression);
  // A function that returns its own result would be followed for ever.
  if (running.has(node)) return undefined;
  running.add(node);
  try {
    const name = dottedName(node);
    const known = (name === undefined ? undefined : declaredByName(name, node, analysis)) ?? ofRequest(node, analysis);
    if (known) return known;
    const origins = originsOf(node, analysis.sourceCode);
    for (const origin of origins) {
      const found = ofOrigin(origin, node, analysis);
      if (found) return found;
    }
    return name === undefined ? undefined : byName(node, name, origins);
  } finally {
    running.delete(node);
  }
});
