import type { SourceCode } from 'eslint';
import type * as ESTree from 'estree';
import { type Node, parentOf, propertyName, unwrap } from '../ast/node.js';
import { prisma, prismaArguments, prismaClientHints, prismaClientNames } from '../catalog/prisma.js';
import { type Origin, originsOf } from '../ast/origin.js';
import type { DbReceiver } from './types.js';

const CLIENT_TYPES = new Set<string>(prisma.types);
const CLIENT_NAMES = new Set<string>(prismaClientNames);
const CLIENT_HINTS = new Set<string>(prismaClientHints);
const ARGUMENTS = new Set<string>(prismaArguments);
const TRANSACTIONS = new Set<string>(prisma.transactions);

/** The model of `<client>.<model>`, where the client is known by its binding, its type or its name. */
export function prismaModel(
  expression: Node,
  call: ESTree.CallExpression,
  sourceCode: SourceCode,
): DbReceiver | undefined {
  const node = unwrap(expression);
  if (node.type !== 'MemberExpression') return undefined;
  const entity = propertyName(node);
  if (entity === undefined || !/^[a-z]/.test(entity)) return undefined;
  const client = unwrap(node.object);
  if (originsOf(client, sourceCode).some((origin) => isClientOrigin(origin, sourceCode))) {
    return { entity, proof: 'bound' };
  }
  const name =
    client.type === 'Identifier' ? client.name : client.type === 'MemberExpression' ? propertyName(client) : undefined;
  if (name === undefined) return undefined;
  if (CLIENT_NAMES.has(name)) return { entity, proof: 'bound' };
  return CLIENT_HINTS.has(name) && hasPrismaArgument(call) ? { entity, proof: 'bound' } : undefined;
}

function isClientOrigin(origin: Origin, sourceCode: SourceCode): boolean {
  switch (origin.kind) {
    case 'type':
      return CLIENT_TYPES.has(origin.type.name);
    case 'import':
      return CLIENT_NAMES.has(origin.name) || CLIENT_NAMES.has(origin.local);
    case 'parameter':
      return isTransactionCallback(origin.of);
    case 'value':
      return isClientValue(origin.node, sourceCode);
    default:
      return false;
  }
}

/** `new PrismaClient()`, also behind `.$extends(...)`. */
function isClientValue(value: Node, sourceCode: SourceCode): boolean {
  if (value.type === 'NewExpression') return value.callee.type === 'Identifier' && CLIENT_TYPES.has(value.callee.name);
  if (value.type !== 'CallExpression') return false;
  const callee = unwrap(value.callee);
  return (
    callee.type === 'MemberExpression' &&
    propertyName(callee) === '$extends' &&
    originsOf(callee.object, sourceCode).some((origin) => isClientOrigin(origin, sourceCode))
  );
}

/** The parameter of the callback of `$transaction` is a client whatever it is called. */
function isTransactionCallback(fn: Node): boolean {
  const call = parentOf(fn);
  if (call?.type !== 'CallExpression' || call.arguments[0] !== fn) return false;
  const callee = unwrap(call.callee);
  return callee.type === 'MemberExpression' && TRANSACTIONS.has(propertyName(callee) ?? '');
}

function hasPrismaArgument(call: ESTree.CallExpression): boolean {
  const [first] = call.arguments;
  return (
    first?.type === 'ObjectExpression' &&
    first.properties.some((property) => property.type === 'Property' && ARGUMENTS.has(propertyName(property) ?? ''))
  );
}
