import type * as ESTree from 'estree';
import { type Analysis, memoize } from '../analysis.js';
import { EMPTY, type Environment, enter } from '../ast/environment.js';
import { functionOf, literalValueOf } from '../ast/functions.js';
import { type Node, dottedName, literalText, propertyName, unwrapAwait } from '../ast/node.js';
import { definitionsAt } from '../ast/reaching.js';
import { returnedFrom } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { identityOf } from '../identity/identify.js';
import { builtShape } from './builder.js';
import { MAX_DEPTH, choice, concat, joined, literal, unknown } from './combine.js';
import { holeOf, partOfVariable } from './hole.js';
import type { KeyAlternative, KeyShape } from './shape.js';

type Alternatives = readonly KeyAlternative[];

/** Methods that spell a string differently and leave its parts in place. */
const SPELLINGS = new Set('toString toLowerCase toUpperCase trim normalize valueOf'.split(' '));

/** Helpers that use each other twice double the work at every level: a key with more steps is given up. */
const MAX_STEPS = 512;

class Evaluation {
  private readonly analysis: Analysis;
  private steps = 0;
  /** By node, not by name: `key` may stand for something else in the next function. */
  private readonly running = new Set<Node>();

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  evaluate(expression: Node, environment: Environment): Alternatives {
    const node = unwrapAwait(expression);
    this.steps += 1;
    if (this.running.has(node) || this.running.size > MAX_DEPTH || this.steps > MAX_STEPS) {
      return unknown(node, this.analysis);
    }
    this.running.add(node);
    try {
      return this.evaluateShape(node, environment);
    } finally {
      this.running.delete(node);
    }
  }

  private evaluateShape(node: Node, environment: Environment): Alternatives {
    const text = literalText(node);
    if (text !== undefined) return literal(text, node);
    switch (node.type) {
      case 'TemplateLiteral':
        return this.ofTemplate(node, environment);
      case 'BinaryExpression':
        if (node.operator !== '+') break;
        return concat([this.evaluate(node.left, environment), this.evaluate(node.right, environment)]);
      case 'ConditionalExpression':
        return choice([this.evaluate(node.consequent, environment), this.evaluate(node.alternate, environment)], node);
      case 'LogicalExpression':
        return this.ofLogical(node, environment);
      case 'ArrayExpression':
        return joined(this.elementsOf(node, environment), ':', node);
      case 'CallExpression':
        return this.ofCall(node, environment);
      case 'Identifier':
        return this.ofIdentifier(node, environment);
      case 'MemberExpression':
        return this.ofMember(node, environment);
      default:
    }
    return [[holeOf(node, this.analysis, environment)]];
  }

  private ofTemplate(node: ESTree.TemplateLiteral, environment: Environment): Alternatives {
    const pieces: Alternatives[] = [];
    for (const [index, quasi] of node.quasis.entries()) {
      if (quasi.value.raw !== '') pieces.push(literal(quasi.value.cooked ?? quasi.value.raw, node));
      const hole = node.expressions[index];
      if (hole) pieces.push(this.evaluate(hole, environment));
    }
    return concat(pieces);
  }

  /** `id ?? 'anonymous'` is the id: sharing one entry among those who have none is usually wanted. */
  private ofLogical(node: ESTree.LogicalExpression, environment: Environment): Alternatives {
    const right = this.evaluate(node.right, environment);
    if (node.operator === '&&') return right;
    const left = this.evaluate(node.left, environment);
    return literalText(node.right) === undefined ? choice([left, right], node) : left;
  }

  private elementsOf(node: ESTree.ArrayExpression, environment: Environment): Alternatives[] {
    return node.elements
      .filter((element) => element !== null)
      .map((element) =>
        element.type === 'SpreadElement'
          ? this.evaluate(element.argument, environment)
          : this.evaluate(element, environment),
      );
  }

  private ofCall(node: ESTree.CallExpression, environment: Environment): Alternatives {
    const callee = unwrapAwait(node.callee);
    const identity = identityOf(node, this.analysis, environment);
    if (identity) return [[holeOf(node, this.analysis, environment)]];
    if (callee.type === 'MemberExpression') {
      const method = propertyName(callee) ?? '';
      if (SPELLINGS.has(method)) return this.evaluate(callee.object, environment);
      if (method === 'join') return this.ofJoin(callee.object, node.arguments[0], environment);
      if (method === 'concat') {
        return concat([callee.object, ...node.arguments].map((piece) => this.evaluate(piece, environment)));
      }
    }
    const name = dottedName(callee) ?? '';
    const [first] = node.arguments;
    if (first && /^(?:String|encodeURIComponent|Buffer\.from)$/.test(name)) return this.evaluate(first, environment);
    const built = builtShape(node, name, this.analysis, environment);
    if (built) return built;
    const local = environment.depth < MAX_DEPTH ? functionOf(callee, this.analysis.sourceCode) : undefined;
    if (!local) return [[holeOf(node, this.analysis, environment)]];
    const inner = enter(local, node.arguments, environment, this.analysis.sourceCode);
    const returned = returnedFrom(local, this.analysis.sourceCode);
    if (returned.length === 0) return unknown(node, this.analysis);
    return choice(
      returned.map((one) => this.evaluate(one, inner)),
      node,
    );
  }

  private ofJoin(list: Node, separator: Node | undefined, environment: Environment): Alternatives {
    const text = separator ? literalText(separator) : ',';
    const value = unwrapAwait(literalValueOf(list, this.analysis.sourceCode) ?? list);
    if (value.type === 'CallExpression' && value.callee.type === 'MemberExpression') {
      // `[a, b].filter(Boolean).join(':')`
      const method = propertyName(value.callee);
      if (method === 'filter') return this.ofJoin(value.callee.object, separator, environment);
    }
    if (value.type !== 'ArrayExpression') return [[holeOf(list, this.analysis, environment)]];
    return joined(this.elementsOf(value, environment), text ?? ':', list);
  }

  private ofMember(node: ESTree.MemberExpression, environment: Environment): Alternatives {
    const value = literalValueOf(node, this.analysis.sourceCode);
    const text = value && literalText(value);
    if (text !== undefined && value) return literal(text, node);
    if (value && value !== node && value.type === 'TemplateLiteral') return this.evaluate(value, environment);
    return [[holeOf(node, this.analysis, environment)]];
  }

  private ofIdentifier(node: ESTree.Identifier, environment: Environment): Alternatives {
    const variable = variableOf(node, this.analysis.sourceCode);
    const bound = variable && environment.bindings.get(variable);
    if (bound) return this.evaluate(bound.node, bound.environment);
    let current: Alternatives | undefined;
    for (const definition of variable ? definitionsAt(variable, node) : []) {
      if (definition.kind === 'append') {
        const appended = concat([current ?? unknown(node, this.analysis), this.evaluate(definition.node, environment)]);
        // `if (user) key += user.id` may have run or not.
        current = choice([current ?? [], appended], node);
      } else if (definition.kind === 'value') {
        const identity = identityOf(node, this.analysis, environment);
        const value = identity?.source === 'session' ? undefined : this.evaluate(definition.node, environment);
        const next = value && !(identity && isLoneHole(value)) ? value : [[holeOf(node, this.analysis, environment)]];
        current = choice([current ?? [], next], node);
      } else {
        current = choice([current ?? [], [[partOfVariable(node, definition, this.analysis, environment)]]], node);
      }
    }
    return current ?? [[holeOf(node, this.analysis, environment)]];
  }
}

function isLoneHole(alternatives: Alternatives): boolean {
  return alternatives.every((alternative) => alternative.length === 1 && alternative[0]?.kind !== 'literal');
}

const shapeOf = memoize((node: Node, analysis: Analysis): KeyShape => ({
  alternatives: new Evaluation(analysis).evaluate(node, EMPTY),
}));

/** The shape of a key expression: its literal text, what is filled in, and what could not be read. */
export function keyShapeOf(expression: Node, analysis: Analysis, environment: Environment = EMPTY): KeyShape {
  if (environment === EMPTY) return shapeOf(expression, analysis);
  return { alternatives: new Evaluation(analysis).evaluate(expression, environment) };
}
