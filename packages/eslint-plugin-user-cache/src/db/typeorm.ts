import type { SourceCode } from 'eslint';
import { callsDown } from '../ast/chain.js';
import { type Call, type Node, propertyName, unwrap, unwrapAwait } from '../ast/node.js';
import { type Origin, originsOf } from '../ast/origin.js';
import { typeorm, typeormManagerNames, typeormManagerTypes } from '../catalog/typeorm.js';
import { entityOfBinding } from './entity.js';
import type { DbReceiver } from './types.js';

const TYPES = new Set<string>(typeorm.types);
const MANAGER_TYPES = new Set<string>(typeormManagerTypes);

function entityOf(node: Node | undefined): string | undefined {
  const named = node && unwrap(node);
  return named?.type === 'Identifier' && /^[A-Z]/.test(named.name) ? entityOfBinding(named.name) : undefined;
}

/** The entity of a repository, known by its type, by `getRepository(Pet)`, or as the first argument of a manager's method. */
export function typeormEntity(object: Node, call: Call, sourceCode: SourceCode): DbReceiver | undefined {
  const origins = originsOf(object, sourceCode);
  const entity =
    origins.map(entityOfOrigin).find((one) => one !== undefined) ??
    entityOfBuilder(object) ??
    (isManager(object, origins) ? entityOf(call.arguments[0]) : undefined);
  return entity === undefined ? undefined : { entity, proof: 'bound' };
}

function entityOfOrigin(origin: Origin): string | undefined {
  if (origin.kind === 'type') {
    const { name, argument } = origin.type;
    return TYPES.has(name) && argument !== undefined ? entityOfBinding(argument) : undefined;
  }
  const value = origin.kind === 'value' ? unwrapAwait(origin.node) : undefined;
  if (value?.type !== 'CallExpression') return undefined;
  const callee = unwrap(value.callee);
  const name = callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
  const isGetter = name === 'getRepository' || (callee.type === 'Identifier' && callee.name === 'getRepository');
  return isGetter ? entityOf(value.arguments[0]) : undefined;
}

/** `source.createQueryBuilder().update(Pet)`: the methods of the builder take the entity too. */
function entityOfBuilder(object: Node): string | undefined {
  for (const call of callsDown(object)) {
    const callee = unwrap(call.callee);
    if (callee.type !== 'MemberExpression') continue;
    const name = propertyName(callee);
    if (name === 'update' || name === 'into' || name === 'from') {
      const entity = entityOf(call.arguments[0]);
      if (entity !== undefined) return entity;
    }
  }
  return undefined;
}

function isManager(object: Node, origins: readonly Origin[]): boolean {
  if (origins.some((origin) => origin.kind === 'type' && MANAGER_TYPES.has(origin.type.name))) return true;
  const name =
    object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? propertyName(object) : undefined;
  return name !== undefined && typeormManagerNames.test(name);
}
