import type { Scope, SourceCode } from 'eslint';
import type * as ESTree from 'estree';
import { definitionsOf } from './definitions.js';
import { type FunctionNode, type Node, propertyName, unwrap, unwrapAwait } from './node.js';
import { variableOf } from './scope.js';
import { type TypeName, typeNameOf } from './annotation.js';
import { classAround, memberDefinitions } from './member.js';

/** Where a receiver comes from, as far as the file shows it. */
export type Origin =
  | { readonly kind: 'value'; readonly node: Node }
  /** One of the values of a list: an element of an array, the variable of a loop. */
  | { readonly kind: 'element'; readonly of: Node }
  | { readonly kind: 'import'; readonly module: string; readonly name: string; readonly local: string }
  | { readonly kind: 'type'; readonly type: TypeName }
  | { readonly kind: 'parameter'; readonly of: FunctionNode };

/** Variables that assign each other would be followed for ever. */
const MAX_STEPS = 32;

/** Every origin of an expression: through variables, assignments, class fields and constructor parameters, never through calls. */
export function originsOf(expression: Node, sourceCode: SourceCode): Origin[] {
  const origins: Origin[] = [];
  const queue: Node[] = [expression];
  const seen = new Set<Node | Scope.Variable>();
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = queue.shift();
    if (next === undefined) break;
    const node = unwrap(next);
    if (seen.has(node)) continue;
    seen.add(node);
    switch (node.type) {
      case 'Identifier': {
        const variable = variableOf(node, sourceCode);
        if (variable === undefined || seen.has(variable)) break;
        seen.add(variable);
        origins.push(...variableOrigins(variable, queue));
        break;
      }
      case 'MemberExpression':
        origins.push(...memberOrigins(node, queue));
        break;
      case 'LogicalExpression':
        queue.push(node.left, node.right);
        break;
      case 'ConditionalExpression':
        queue.push(node.consequent, node.alternate);
        break;
      default:
        origins.push({ kind: 'value', node });
    }
  }
  return origins;
}

function variableOrigins(variable: Scope.Variable, queue: Node[]): Origin[] {
  const origins: Origin[] = [];
  for (const { name } of variable.defs) {
    const type = typeNameOf(name);
    if (type) origins.push({ kind: 'type', type });
  }
  for (const definition of definitionsOf(variable)) {
    switch (definition.kind) {
      case 'value':
        queue.push(definition.node);
        break;
      case 'element':
        origins.push({ kind: 'element', of: definition.node });
        break;
      case 'import':
        origins.push({ kind: 'import', ...definition.imported, local: variable.name });
        break;
      case 'parameter':
        origins.push({ kind: 'parameter', of: definition.function });
        break;
      case 'part': {
        const [first] = definition.path;
        const whole = unwrapAwait(definition.node);
        if (typeof first === 'number') origins.push({ kind: 'element', of: definition.node });
        else if (first !== undefined && whole.type === 'ThisExpression') {
          origins.push(...definitionOrigins(whole, first, queue));
        }
      }
    }
  }
  return origins;
}

function memberOrigins(node: ESTree.MemberExpression, queue: Node[]): Origin[] {
  const name = propertyName(node);
  const object = unwrap(node.object);
  if (object.type === 'ThisExpression' && name !== undefined) {
    const waiting = queue.length;
    const found = definitionOrigins(object, name, queue);
    if (found.length > 0 || queue.length > waiting) return found;
  }
  return [{ kind: 'value', node }];
}

function definitionOrigins(at: Node, name: string, queue: Node[]): Origin[] {
  const owner = classAround(at);
  const origins: Origin[] = [];
  for (const definition of owner ? memberDefinitions(owner, name) : []) {
    const type = typeNameOf(definition.annotated);
    if (type) origins.push({ kind: 'type', type });
    if (definition.value) queue.push(definition.value);
  }
  return origins;
}
