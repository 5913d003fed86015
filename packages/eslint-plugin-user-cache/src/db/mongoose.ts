import type { SourceCode } from 'eslint';
import type * as ESTree from 'estree';
import { type Node, literalText, propertyName, unwrap, unwrapAwait } from '../ast/node.js';
import { importOf, variableOf } from '../ast/scope.js';
import { mongoose, mongooseDocument } from '../catalog/mongoose.js';
import { sequelizeRow } from '../catalog/sequelize.js';
import { entityOfBinding } from './entity.js';
import { type Origin, originsOf } from '../ast/origin.js';
import type { DbReceiver } from './types.js';

const MODEL_TYPES = new Set<string>(mongoose.types);
const DOCUMENT_TYPES = new Set<string>(mongooseDocument.types);
const DOCUMENT_SOURCES = new Set<string>([...mongooseDocument.sources, ...sequelizeRow.sources]);
const MODELS_MODULE = /(^|[/.\-_])(models?|schemas?|entities)([/.\-_]|$)/i;
const CAPITALISED = /^[A-Z]/;

/** The model an expression stands for. */
export function mongooseModel(expression: Node, sourceCode: SourceCode): DbReceiver | undefined {
  for (const origin of originsOf(expression, sourceCode)) {
    const receiver = modelOfOrigin(origin, sourceCode);
    if (receiver) return receiver;
  }
  return undefined;
}

function modelOfOrigin(origin: Origin, sourceCode: SourceCode): DbReceiver | undefined {
  switch (origin.kind) {
    case 'type':
      if (!MODEL_TYPES.has(origin.type.name) || origin.type.argument === undefined) return undefined;
      return { entity: entityOfBinding(origin.type.argument), proof: 'bound' };
    case 'import': {
      if (isPackage(origin.module)) return undefined;
      const named = origin.name === 'default' || origin.name === '*' ? origin.local : origin.name;
      if (!CAPITALISED.test(origin.local) && !CAPITALISED.test(named)) return undefined;
      return { entity: entityOfBinding(named), proof: MODELS_MODULE.test(origin.module) ? 'bound' : 'named' };
    }
    case 'value':
      return modelOfValue(origin.node, sourceCode);
    default:
      return undefined;
  }
}

function isPackage(module: string): boolean {
  return !/^(\.|\/|~|#|@\/|src\/)/.test(module) && !MODELS_MODULE.test(module);
}

function modelOfValue(node: Node, sourceCode: SourceCode): DbReceiver | undefined {
  if (node.type === 'CallExpression') return modelCall(node, sourceCode);
  if (node.type !== 'MemberExpression') return undefined;
  // `mongoose.models.Conversation`, and `models.Conversation` or `db.Conversation` of a models module.
  const name = propertyName(node);
  if (name === undefined || !CAPITALISED.test(name)) return undefined;
  const object = unwrap(node.object);
  if (object.type === 'MemberExpression' && propertyName(object) === 'models') {
    return { entity: entityOfBinding(name), proof: 'bound' };
  }
  if (object.type !== 'Identifier') return undefined;
  const variable = variableOf(object, sourceCode);
  const imported = variable && importOf(variable);
  if (!imported || (!MODELS_MODULE.test(imported.module) && imported.name !== 'models')) return undefined;
  return { entity: entityOfBinding(name), proof: 'bound' };
}

/** `mongoose.model('X')`, `connection.model('X', schema)`, `model('X', schema)` where `model` is mongoose's. */
function modelCall(call: ESTree.CallExpression, sourceCode: SourceCode): DbReceiver | undefined {
  const first = call.arguments[0];
  const name = first && literalText(first);
  if (name === undefined) return undefined;
  const callee = unwrap(call.callee);
  if (callee.type === 'MemberExpression' && propertyName(callee) === 'model') return { entity: name, proof: 'bound' };
  if (callee.type !== 'Identifier') return undefined;
  const variable = variableOf(callee, sourceCode);
  const imported = variable && importOf(variable);
  const isModel = imported?.module === 'mongoose' && imported.name === 'model';
  return isModel ? { entity: name, proof: 'bound' } : undefined;
}

/** The document an expression stands for: `new Model()`, what a query resolved to, an element of such a list, an annotation. */
export function mongooseDocumentOf(expression: Node, sourceCode: SourceCode): DbReceiver | undefined {
  for (const origin of originsOf(unwrapAwait(expression), sourceCode)) {
    const receiver = documentOfOrigin(origin, sourceCode);
    if (receiver) return receiver;
  }
  return undefined;
}

function documentOfOrigin(origin: Origin, sourceCode: SourceCode): DbReceiver | undefined {
  switch (origin.kind) {
    case 'type':
      if (!DOCUMENT_TYPES.has(origin.type.name) || origin.type.argument === undefined) return undefined;
      return { entity: entityOfBinding(origin.type.argument), proof: 'bound' };
    case 'element':
      return mongooseDocumentOf(origin.of, sourceCode);
    case 'value':
      return documentOfValue(unwrapAwait(origin.node), sourceCode);
    default:
      return undefined;
  }
}

function documentOfValue(value: Node, sourceCode: SourceCode): DbReceiver | undefined {
  if (value.type === 'NewExpression') {
    const model = mongooseModel(value.callee, sourceCode);
    return model?.proof === 'bound' ? { ...model, isNew: true } : undefined;
  }
  // Down the chain `Model.findOne().populate().exec()` to its first call; a lean query resolves to plain objects.
  for (let node: Node = value; node.type === 'CallExpression';) {
    const callee: Node = unwrap(node.callee);
    if (callee.type !== 'MemberExpression') return undefined;
    const method = propertyName(callee);
    if (method === 'lean') return undefined;
    const object = unwrap(callee.object);
    if (object.type !== 'CallExpression') {
      const isSource = method !== undefined && DOCUMENT_SOURCES.has(method);
      return isSource ? mongooseModel(object, sourceCode) : undefined;
    }
    node = object;
  }
  return undefined;
}
