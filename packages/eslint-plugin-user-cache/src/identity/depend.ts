import type { Scope } from 'eslint';
import type * as ESTree from 'estree';
import type { Analysis } from '../analysis.js';
import type { Step } from '../ast/definitions.js';
import { EMPTY, type Environment, enter } from '../ast/environment.js';
import { functionOf, propertyOf } from '../ast/functions.js';
import { mutationsBefore } from '../ast/mutations.js';
import {
  type FunctionNode,
  type Node,
  dottedName,
  isFunction,
  isInside,
  propertyName,
  unwrap,
  unwrapAwait,
} from '../ast/node.js';
import { definitionsAt } from '../ast/reaching.js';
import { returnedFrom } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { CARRIERS } from './calls.js';
import { type Dependencies, type Dependency, type Flow, type Opaque, argumentPieces, isPromiseAll } from './flow.js';
import { receiverOfCallback } from './handler.js';
import { identityOf } from './identify.js';
import { isComputed, isOfRequest } from './pieces.js';

/** A value with more pieces than this is given up: lint must end on generated code too. */
const MAX_STEPS = 2_000;
const MAX_CALL_DEPTH = 6;
/** Pieces inside pieces: each costs the stack several frames. */
const MAX_NESTING = 200;

class Walk {
  readonly found: Dependency[] = [];
  readonly calls: ESTree.CallExpression[] = [];
  readonly opaque: Opaque[] = [];
  private steps = 0;
  private nesting = 0;
  private readonly seen = new Map<Environment, Map<Scope.Variable, Set<Flow>>>();
  private readonly analysis: Analysis;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  visit(expression: Node | null | undefined, flow: Flow, environment: Environment): void {
    if (!expression) return;
    this.steps += 1;
    if (this.steps > MAX_STEPS || this.nesting > MAX_NESTING) {
      this.opaque.push({ name: '', flow });
      return;
    }
    this.nesting += 1;
    const node = unwrapAwait(expression);
    if (!this.visitIdentity(node, flow, environment)) this.visitShape(node, flow, environment);
    this.nesting -= 1;
  }

  /** The value that a function gives back, wherever it returns. */
  visitReturns(callee: FunctionNode, flow: Flow, environment: Environment): void {
    for (const returned of returnedFrom(callee, this.analysis.sourceCode)) this.visit(returned, flow, environment);
  }

  private visitIdentity(node: Node, flow: Flow, environment: Environment): boolean {
    if (!['Identifier', 'MemberExpression', 'CallExpression', 'NewExpression'].includes(node.type)) return false;
    const identity = identityOf(node, this.analysis, environment);
    // A piece of the request that is no identity is no riddle either.
    if (!identity) return node.type !== 'CallExpression' && isOfRequest(node, this.analysis, environment);
    this.found.push({ identity, flow, at: node });
    // A variable that is only named after a user says less than what was computed for it.
    return identity.proof && !(identity.source === 'name' && isComputed(node, this.analysis));
  }

  private visitShape(node: Node, flow: Flow, environment: Environment): void {
    switch (node.type) {
      case 'Identifier':
        this.visitVariable(node, flow, environment);
        return;
      case 'MemberExpression':
        this.visitMember(node, flow, environment);
        return;
      case 'CallExpression':
        this.visitCall(node, flow, environment);
        return;
      case 'NewExpression':
        this.visitAll(node.arguments, CARRIERS.test(dottedName(node.callee) ?? '') ? flow : 'selects', environment);
        return;
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        this.visitReturns(node, flow, environment);
        return;
      case 'ConditionalExpression':
        this.visit(node.test, 'compares', environment);
        this.visitAll([node.consequent, node.alternate], flow, environment);
        return;
      case 'BinaryExpression': {
        const compares = /^(?:[!=]==?|[<>]=?|in|instanceof)$/.test(node.operator);
        this.visitAll([node.left, node.right], compares ? 'compares' : flow, environment);
        return;
      }
      case 'LogicalExpression':
        this.visitAll([node.left, node.right], flow, environment);
        return;
      case 'UnaryExpression':
        this.visit(node.argument, node.operator === '!' ? 'compares' : flow, environment);
        return;
      case 'TemplateLiteral':
        this.visitAll(node.expressions, flow, environment);
        return;
      case 'TaggedTemplateExpression':
        // sql`select ... where user_id = ${userId}`
        this.visitAll(node.quasi.expressions, 'selects', environment);
        return;
      case 'ArrayExpression':
        this.visitAll(node.elements, flow, environment);
        return;
      case 'ObjectExpression':
        for (const property of node.properties) {
          this.visit(property.type === 'Property' ? property.value : property.argument, flow, environment);
        }
        return;
      case 'SpreadElement':
        this.visit(node.argument, flow, environment);
        return;
      case 'AssignmentExpression':
        this.visit(node.right, flow, environment);
        return;
      case 'SequenceExpression':
        this.visit(node.expressions.at(-1), flow, environment);
        return;
      default:
    }
  }

  private visitAll(nodes: readonly (Node | null)[], flow: Flow, environment: Environment): void {
    for (const node of nodes) this.visit(node, flow, environment);
  }

  private visitMember(node: ESTree.MemberExpression, flow: Flow, environment: Environment): void {
    const name = propertyName(node);
    // `likedBy[userId]` picks by the user.
    if (name === undefined) this.visit(node.property, 'selects', environment);
    const step = name !== undefined && /^\d+$/.test(name) ? Number(name) : name;
    this.visitPart(node.object, step === undefined ? [] : [step], flow, environment);
  }

  /** One piece of a value: `[rows, likes] = await Promise.all([a, b])` stores `a` without depending on `b`. */
  private visitPart(whole: Node, path: readonly Step[], flow: Flow, environment: Environment): void {
    let node = unwrapAwait(whole);
    const [step] = path;
    if (node.type === 'Identifier' && step !== undefined) {
      const variable = variableOf(node, this.analysis.sourceCode);
      const definitions = variable ? definitionsAt(variable, node) : [];
      const [only] = definitions;
      if (definitions.length === 1 && only?.kind === 'value' && !isFunction(only.node)) {
        const inner = unwrapAwait(only.node);
        // `row = { id: row.id }` speaks of the row before.
        const isOwn = isInside(node, inner);
        if (!isOwn && (inner.type === 'ObjectExpression' || isPromiseAll(inner))) node = inner;
      }
    }
    if (node.type === 'CallExpression' && isPromiseAll(node)) node = node.arguments[0] ?? node;
    if (node.type === 'ArrayExpression' && typeof step === 'number') {
      this.visitRest(node.elements[step], path, flow, environment);
    } else if (node.type === 'ObjectExpression' && typeof step === 'string' && propertyOf(node, step)) {
      this.visitRest(propertyOf(node, step), path, flow, environment);
    } else {
      this.visit(whole, flow, environment);
    }
  }

  private visitRest(node: Node | null | undefined, path: readonly Step[], flow: Flow, environment: Environment): void {
    if (node && path.length > 1) this.visitPart(node, path.slice(1), flow, environment);
    else this.visit(node, flow, environment);
  }

  private visitVariable(node: ESTree.Identifier, flow: Flow, environment: Environment): void {
    const variable = variableOf(node, this.analysis.sourceCode);
    if (!variable || variable.defs.length === 0) return;
    const bound = environment.bindings.get(variable);
    if (bound) {
      this.visit(bound.node, flow, bound.environment);
      return;
    }
    if (this.isSeen(variable, flow, environment)) return;
    for (const definition of definitionsAt(variable, node)) {
      if (definition.kind === 'value' || definition.kind === 'append') this.visit(definition.node, flow, environment);
      else if (definition.kind === 'part' || definition.kind === 'element') {
        this.visitPart(definition.node, definition.kind === 'part' ? definition.path : [], flow, environment);
      } else if (definition.kind === 'parameter') {
        const receiver = receiverOfCallback(definition.function);
        if (receiver) this.visit(receiver, flow, environment);
        else this.opaque.push({ name: node.name, flow });
      } else if (definition.kind === 'opaque') this.opaque.push({ name: '', flow });
    }
    for (const mutation of mutationsBefore(variable, node, this.analysis.sourceCode)) {
      this.visit(mutation.node, mutation.kind === 'query' ? 'selects' : flow, environment);
    }
  }

  private visitCall(node: ESTree.CallExpression, flow: Flow, environment: Environment): void {
    const callee = unwrap(node.callee);
    this.calls.push(node);
    const local = environment.depth < MAX_CALL_DEPTH ? functionOf(callee, this.analysis.sourceCode) : undefined;
    if (local) {
      this.visitReturns(local, flow, enter(local, node.arguments, environment, this.analysis.sourceCode));
      return;
    }
    if (callee.type === 'MemberExpression') this.visit(callee.object, flow, environment);
    for (const piece of argumentPieces(node, flow)) this.visit(piece.node, piece.flow, environment);
  }

  private isSeen(variable: Scope.Variable, flow: Flow, environment: Environment): boolean {
    const variables = this.seen.get(environment) ?? new Map<Scope.Variable, Set<Flow>>();
    this.seen.set(environment, variables);
    const flows = variables.get(variable) ?? new Set();
    variables.set(variable, flows);
    if (flows.has(flow)) return true;
    flows.add(flow);
    return false;
  }
}

function walkOver(expression: Node, analysis: Analysis, environment: Environment): Walk {
  const walk = new Walk(analysis);
  const callee = functionOf(expression, analysis.sourceCode);
  if (callee) walk.visitReturns(callee, 'carried', environment);
  else walk.visit(expression, 'carried', environment);
  return walk;
}

/** Every identity that the value of an expression depends on. A function stands for what it returns. */
export function dependenciesOf(expression: Node, analysis: Analysis, environment: Environment = EMPTY): Dependencies {
  const { found, opaque } = walkOver(expression, analysis, environment);
  return { found, opaque };
}

/** Every call that the value of an expression comes from. */
export function loadersOf(expression: Node, analysis: Analysis): readonly ESTree.CallExpression[] {
  return walkOver(expression, analysis, EMPTY).calls;
}
