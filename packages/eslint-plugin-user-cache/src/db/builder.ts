import type { SourceCode } from 'eslint';
import { callsDown, rootOfChain } from '../ast/chain.js';
import { type Call, type Node, literalText, parentOf, propertyName, unwrap } from '../ast/node.js';
import { originsOf } from '../ast/origin.js';
import type { QueryBuilderCatalog } from '../catalog/database.js';
import { drizzleClientNames, drizzleContinuations } from '../catalog/drizzle.js';
import type { DbReceiver } from './types.js';

function lastName(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? propertyName(node) : undefined;
}

/** Text, or a constant of the file that holds text. */
function textOf(node: Node | undefined, sourceCode: SourceCode): string | undefined {
  if (!node) return undefined;
  const text = literalText(node);
  if (text !== undefined) return text;
  for (const origin of originsOf(node, sourceCode)) {
    const constant = origin.kind === 'value' ? literalText(origin.node) : undefined;
    if (constant !== undefined) return constant;
  }
  return undefined;
}

const TABLE = /^[A-Za-z_"][\w."]*(?:\s+as\s+\w+)?$/;

function tableNamed(text: string | undefined): DbReceiver | undefined {
  if (text === undefined || !TABLE.test(text)) return undefined;
  const [table = ''] = text.replaceAll('"', '').split(/\s/);
  return { entity: table.slice(table.lastIndexOf('.') + 1), proof: 'bound' };
}

/** The table that a chain of a query builder works on, where the chain begins at its client. */
export function tableOfChain(
  catalog: QueryBuilderCatalog,
): (object: Node, call: Call, sourceCode: SourceCode) => DbReceiver | undefined {
  return (object, _call, sourceCode) => {
    for (const call of callsDown(object)) {
      const callee = unwrap(call.callee);
      const name = lastName(callee);
      if (name === undefined) continue;
      const isTable = callee.type === 'MemberExpression' && catalog.tableCalls.includes(name);
      const isClient = catalog.isCallable && catalog.clientNames.test(name) && call.arguments.length === 1;
      if (!isTable && !isClient) continue;
      if (isTable && !catalog.clientNames.test(lastName(rootOfChain(callee)) ?? '')) continue;
      return tableNamed(textOf(call.arguments[0], sourceCode));
    }
    return undefined;
  };
}

/** The table that is an argument: `db.update(pets).set(...)`, `db.select().from(pets)`, `db.query.pets.findFirst()`. */
export function drizzleTable(object: Node, call: Call): DbReceiver | undefined {
  const callee = unwrap(call.callee);
  const method = callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
  if (method === undefined || !drizzleClientNames.test(lastName(rootOfChain(object)) ?? '')) return undefined;
  if (method === 'findFirst' || method === 'findMany') {
    const inner = object.type === 'MemberExpression' ? unwrap(object.object) : undefined;
    const isQuery = inner?.type === 'MemberExpression' && propertyName(inner) === 'query';
    const entity = isQuery ? lastName(object) : undefined;
    return entity === undefined ? undefined : { entity, proof: 'bound' };
  }
  const table = call.arguments[0] && unwrap(call.arguments[0]);
  const entity = table && lastName(table);
  if (entity === undefined || (method !== 'from' && !isContinued(call, method))) return undefined;
  return { entity, proof: 'bound' };
}

function isContinued(call: Call, method: string): boolean {
  const next = parentOf(call);
  return next?.type === 'MemberExpression' && (drizzleContinuations[method] ?? []).includes(propertyName(next) ?? '');
}
