import type { Analysis } from '../analysis.js';
import { propertyOf } from '../ast/functions.js';
import {
  type Node,
  dottedName,
  enclosingFunction,
  isInside,
  parentOf,
  propertyName,
  startOf,
  unwrap,
} from '../ast/node.js';
import { chainFrom } from '../ast/mutations.js';
import { variableOf } from '../ast/scope.js';
import { BOOKKEEPING_FIELD, COUNTING_OPERATORS, COUNTING_PROPERTIES, VISIBLE_COUNTER } from '../catalog/fields.js';
import { statementOf } from './sql.js';
import type { DbCall } from './types.js';

interface Field {
  readonly name: string;
  /** Counted up or down, not set. */
  readonly counts: boolean;
}

/** The fields of an update; `undefined` where the file does not show all of them. */
function fieldsOfObject(expression: Node | undefined, counts = false): Field[] | undefined {
  const object = expression && unwrap(expression);
  if (object?.type !== 'ObjectExpression') return undefined;
  const fields: Field[] = [];
  for (const property of object.properties) {
    const name = property.type === 'Property' ? propertyName(property) : undefined;
    if (property.type !== 'Property' || name === undefined) return undefined;
    if (name.startsWith('$')) {
      const inner = fieldsOfObject(property.value, COUNTING_OPERATORS.has(name));
      if (!inner) return undefined;
      fields.push(...inner);
    } else fields.push({ name: name.slice(name.lastIndexOf('.') + 1), counts: counts || isCounting(property.value) });
  }
  return fields;
}

function isCounting(value: Node): boolean {
  const object = unwrap(value);
  return (
    object.type === 'ObjectExpression' &&
    object.properties.length === 1 &&
    object.properties.every((one) => one.type === 'Property' && COUNTING_PROPERTIES.has(propertyName(one) ?? ''))
  );
}

function fieldsOfStatement(statement: string): Field[] | undefined {
  const set = /\bSET\b([\s\S]*?)(?:\bWHERE\b|\bFROM\b|\bRETURNING\b|$)/i.exec(statement)?.[1];
  if (set === undefined) return undefined;
  const assignments = [...set.matchAll(/(?:^|,)\s*["`]?(\w+)["`]?\s*=\s*([^,]*)/g)];
  return assignments.map(([, name = '', value = '']) => ({
    name,
    counts: new RegExp(`\\b${name}\\b["\`]?\\s*[+-]`).test(value),
  }));
}

/** `row.name = x` further up in the function, for a row that is saved. */
function fieldsOfRow(row: Node, save: Node, { sourceCode }: Analysis): Field[] | undefined {
  const variable = row.type === 'Identifier' ? variableOf(row, sourceCode) : undefined;
  if (!variable) return undefined;
  const around = enclosingFunction(save);
  const fields: Field[] = [];
  for (const { identifier } of variable.references) {
    const chain = chainFrom(identifier as Node);
    const parent = parentOf(chain);
    if (chain === (identifier as Node) || (around && !isInside(chain, around)) || startOf(chain) > startOf(save))
      continue;
    const name = (dottedName(chain) ?? '').split('.')[1];
    if (parent?.type === 'AssignmentExpression' && parent.left === chain) {
      if (name === undefined) return undefined;
      fields.push({ name, counts: parent.operator !== '=' });
    } else if (parent?.type === 'UpdateExpression') fields.push({ name: name ?? '', counts: true });
    else if (parent?.type === 'CallExpression' && parent.callee === chain && parent !== save && name !== undefined) {
      // `row.tags.push(x)`, and methods of the row that may set anything.
      if (!/^(?:to\w+|get\w*|compare\w*|is\w+|populate|save|equals|includes|some|find|filter|map)$/.test(name)) {
        fields.push({ name, counts: false });
      }
    }
  }
  return fields.length === 0 ? undefined : fields;
}

function fieldsWritten({ node, library, method }: DbCall, analysis: Analysis): Field[] | undefined {
  const callee = unwrap(node.callee);
  const [first, second] = node.arguments;
  if (library === 'sql') return fieldsOfStatement(statementOf(first, analysis) ?? '');
  if (/^(?:delete|remove|destroy|insert|create|upsert|bulk|del$|truncate|clear)/i.test(method)) return undefined;
  if (library === 'prisma') {
    const options = first && unwrap(first);
    return options?.type === 'ObjectExpression' ? fieldsOfObject(propertyOf(options, 'data')) : undefined;
  }
  if (method === 'save') {
    return callee.type === 'MemberExpression' ? fieldsOfRow(unwrap(callee.object), node, analysis) : undefined;
  }
  if (method === 'increment' || method === 'decrement') return undefined;
  if (library === 'sequelize' || library === 'supabase' || library === 'knex') return fieldsOfObject(first);
  if (library === 'drizzle') {
    const set = parentOf(node);
    const call = set && parentOf(set);
    return call?.type === 'CallExpression' ? fieldsOfObject(call.arguments[0]) : undefined;
  }
  return fieldsOfObject(second);
}

/** Whether a write touches nothing but what servers keep for themselves: a time of the last visit, a count of attempts, a token. */
export function isBookkeeping(write: DbCall, analysis: Analysis): boolean {
  const fields = fieldsWritten(write, analysis);
  if (!fields || fields.length === 0) return false;
  return fields.every(({ name, counts }) => (counts ? !VISIBLE_COUNTER.test(name) : BOOKKEEPING_FIELD.test(name)));
}
