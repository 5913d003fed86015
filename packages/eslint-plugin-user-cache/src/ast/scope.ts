import type { Scope, SourceCode } from 'eslint';
import type * as ESTree from 'estree';
import { type Node, parentOf } from './node.js';

/** The variable an identifier stands for, seen from where it stands; `undefined` for a global nobody declared. */
export function variableOf(identifier: ESTree.Identifier, sourceCode: SourceCode): Scope.Variable | undefined {
  return variableNamed(identifier.name, identifier, sourceCode);
}

/** What `name` means at a place in the source. */
export function variableNamed(name: string, at: Node, sourceCode: SourceCode): Scope.Variable | undefined {
  for (let scope: Scope.Scope | null = sourceCode.getScope(at); scope; scope = scope.upper) {
    const variable = scope.set.get(name);
    if (variable) return variable;
  }
  return undefined;
}

export interface ImportedName {
  readonly module: string;
  /** `default`, `*` or the exported name. */
  readonly name: string;
}

/** `import crypto = require('crypto')` is TypeScript's and unknown to ESTree. */
function importedByEquals(node: Node): ImportedName | undefined {
  const { moduleReference } = node as Node & { readonly moduleReference?: { readonly expression?: Node } };
  const module = moduleReference?.expression;
  return module?.type === 'Literal' ? { module: String(module.value), name: '*' } : undefined;
}

function importedBySpecifier(definition: Scope.Definition): ImportedName | undefined {
  if (definition.type !== 'ImportBinding') return undefined;
  const { node } = definition;
  const { source } = definition.parent as { readonly source?: ESTree.Literal };
  if (!source) return importedByEquals(node);
  const module = String(source.value);
  if (node.type === 'ImportNamespaceSpecifier') return { module, name: '*' };
  if (node.type === 'ImportDefaultSpecifier') return { module, name: 'default' };
  return { module, name: node.imported.type === 'Identifier' ? node.imported.name : String(node.imported.value) };
}

/** `require('x')` and `await import('x')`. */
export function requiredModule(node: Node): string | undefined {
  let source: Node | undefined;
  if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require') {
    source = node.arguments[0];
  } else if (node.type === 'AwaitExpression' && node.argument.type === 'ImportExpression') {
    source = node.argument.source;
  }
  return source?.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined;
}

function importedByRequire(definition: Scope.Definition): ImportedName | undefined {
  if (definition.type !== 'Variable' || !definition.node.init) return undefined;
  let { init }: { init: Node } = { init: definition.node.init };
  let member: string | undefined;
  if (init.type === 'MemberExpression' && init.property.type === 'Identifier' && !init.computed) {
    member = init.property.name;
    init = init.object;
  }
  const module = requiredModule(init);
  if (module === undefined) return undefined;
  if (definition.node.id.type === 'ObjectPattern') {
    const property = parentOf(definition.name);
    const named = property?.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : undefined;
    return named === undefined ? undefined : { module, name: named };
  }
  return { module, name: member ?? 'default' };
}

/** Where a variable was imported from: `import`, `require` or `await import`. */
export function importOf(variable: Scope.Variable): ImportedName | undefined {
  for (const definition of variable.defs) {
    const imported = importedBySpecifier(definition) ?? importedByRequire(definition);
    if (imported) return imported;
  }
  return undefined;
}
