import type { Analysis } from '../analysis.js';
import { literalValueOf, propertyOf } from '../ast/functions.js';
import { type Call, type Node, literalText, parentOf, propertyName, unwrap } from '../ast/node.js';
import { SQL_COUNTS, SQL_METHODS, SQL_ONE_ROW, SQL_PREPARES, SQL_READ, SQL_TABLES, SQL_WRITE } from '../catalog/sql.js';
import type { DbCall } from './types.js';

/** What stands for a hole of a template. */
const HOLE = '\uE000';
const SETS = /\bSET\b|\uE000/i;
const MAX_PIECES = 50;

/** The text of a statement, as far as the file shows it: a literal, a template, a sum, a constant, `{ text }`. */
export function statementOf(expression: Node | undefined, analysis: Analysis, depth = 0): string | undefined {
  if (!expression || depth > MAX_PIECES) return undefined;
  const node = unwrap(expression);
  const text = literalText(node);
  if (text !== undefined) return text;
  switch (node.type) {
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked ?? value.raw).join(HOLE);
    case 'BinaryExpression': {
      const left = statementOf(node.left, analysis, depth + 1);
      return left === undefined ? undefined : left + (statementOf(node.right, analysis, depth + 1) ?? HOLE);
    }
    case 'ObjectExpression':
      return statementOf(propertyOf(node, 'text') ?? propertyOf(node, 'sql'), analysis, depth + 1);
    case 'Identifier':
    case 'MemberExpression': {
      const value = literalValueOf(node, analysis.sourceCode);
      return value && value !== node ? statementOf(value, analysis, depth + 1) : undefined;
    }
    default:
      return undefined;
  }
}

function bareTable(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function isStatementCall(call: Call): boolean {
  const callee = unwrap(call.callee);
  if (callee.type === 'Identifier') return /^(?:query|execute|sql|run|exec\w*)$/i.test(callee.name);
  const method = callee.type === 'MemberExpression' ? (propertyName(callee) ?? '') : '';
  if (method === SQL_PREPARES) return parentOf(call)?.type === 'MemberExpression';
  return SQL_METHODS.has(method);
}

/** A call that is handed a statement: what the statement does, and to which table. */
export function sqlCall(call: Call, analysis: Analysis): DbCall | undefined {
  if (call.arguments.length === 0 || !isStatementCall(call)) return undefined;
  const statement = statementOf(call.arguments[0], analysis);
  if (statement === undefined) return undefined;
  const base = { node: call, library: 'sql', lazy: false, terminal: call } as const;
  const write = SQL_WRITE.exec(statement);
  if (write) {
    const [, verb = '', table = ''] = write;
    // `update is ready` is English.
    if (/^UPDATE/i.test(verb) && !SETS.test(statement)) return undefined;
    const ofList = /^INSERT/i.test(verb) && !/\bON\s+(?:CONFLICT|DUPLICATE)\b/i.test(statement);
    return { ...base, effect: 'write', method: verb.toLowerCase(), entity: bareTable(table), ofList };
  }
  if (!SQL_READ.test(statement)) return undefined;
  const tables = [...statement.matchAll(SQL_TABLES)].map(([, table = '']) => bareTable(table));
  const [entity, ...joined] = new Set(tables);
  if (entity === undefined) return undefined;
  const ofList = SQL_COUNTS.test(statement) || !SQL_ONE_ROW.test(statement);
  return { ...base, effect: 'read', method: 'select', entity, joined, ofList };
}
