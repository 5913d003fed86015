import type { SourceCode } from 'eslint';
import { type Node, literalText, propertyName, unwrap, unwrapAwait } from '../ast/node.js';
import { mongodb, mongodbCollectionCalls } from '../catalog/mongodb.js';
import { entityOfBinding } from './entity.js';
import { type Origin, originsOf } from '../ast/origin.js';
import type { DbReceiver } from './types.js';

const COLLECTION_TYPES = new Set<string>(mongodb.types);
const COLLECTION_CALLS = new Set<string>(mongodbCollectionCalls);
const COLLECTION_NAME = /^[a-z].+Collection$/;

/** The collection an expression stands for. */
export function mongodbCollection(expression: Node, sourceCode: SourceCode): DbReceiver | undefined {
  for (const origin of originsOf(unwrapAwait(expression), sourceCode)) {
    const entity = collectionOfOrigin(origin, sourceCode);
    if (entity !== undefined) return { entity, proof: 'bound' };
  }
  return undefined;
}

function collectionOfOrigin(origin: Origin, sourceCode: SourceCode): string | undefined {
  switch (origin.kind) {
    case 'type':
      return COLLECTION_TYPES.has(origin.type.name) && origin.type.argument !== undefined
        ? entityOfBinding(origin.type.argument)
        : undefined;
    case 'import': {
      const name = origin.name === 'default' ? origin.local : origin.name;
      return COLLECTION_NAME.test(name) ? entityOfBinding(name) : undefined;
    }
    case 'value':
      return collectionCall(unwrapAwait(origin.node), sourceCode);
    default:
      return undefined;
  }
}

function collectionCall(node: Node, sourceCode: SourceCode): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const callee = unwrap(node.callee);
  const name =
    callee.type === 'MemberExpression' ? propertyName(callee) : callee.type === 'Identifier' ? callee.name : undefined;
  const first = node.arguments[0];
  if (name === undefined || !COLLECTION_CALLS.has(name) || first === undefined) return undefined;
  const text = literalText(first);
  if (text !== undefined) return text;
  // `const NAME = 'conversations'; db.collection(NAME)`
  for (const origin of originsOf(first, sourceCode)) {
    const constant = origin.kind === 'value' ? literalText(origin.node) : undefined;
    if (constant !== undefined) return constant;
  }
  return undefined;
}
