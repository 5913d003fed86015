import type { SourceCode } from 'eslint';
import { propertyOf } from '../ast/functions.js';
import { type Call, type Node, propertyName, unwrap } from '../ast/node.js';
import { mongooseModel } from './mongoose.js';
import type { DbReceiver } from './types.js';

/** The model that a call of sequelize works on: it comes into a file as mongoose's do. */
export function sequelizeModel(object: Node, call: Call, sourceCode: SourceCode): DbReceiver | undefined {
  const model = mongooseModel(object, sourceCode);
  if (!model) return undefined;
  // `Pet.update(values, { where })`: no other library has its conditions there.
  return isUpdateWhere(call) ? { ...model, proof: 'bound' } : model;
}

function isUpdateWhere(call: Call): boolean {
  const callee = unwrap(call.callee);
  const options = call.arguments[1] && unwrap(call.arguments[1]);
  return (
    callee.type === 'MemberExpression' &&
    propertyName(callee) === 'update' &&
    options?.type === 'ObjectExpression' &&
    propertyOf(options, 'where') !== undefined
  );
}
