import type { Analysis } from '../analysis.js';
import { type Call, type Node, isFunction, isInside, literalText } from '../ast/node.js';
import { mongooseHooks } from '../catalog/mongoose.js';
import { prismaHooks } from '../catalog/prisma.js';
import { calleeName } from './callbacks.js';
import type { Effects } from './effects.js';
import { soundsLikeClearingMiddleware } from './hints.js';
import type { Runs } from './runs.js';
import type { SummaryOf } from './summaries.js';
import type { Survey } from './survey.js';

const HOOK_METHODS = new Set<string>(mongooseHooks.methods);
const HOOK_EVENTS = new Set<string>(mongooseHooks.events);
const CLIENT_HOOKS = new Set<string>(prismaHooks);

/** The writes that a hook settles wherever they stand: `schema.post('save', drop)`, `prisma.$extends(...)`, `router.use(clear)`. */
export function settledByHooks(survey: Survey, effects: Effects, runs: Runs, summaryOf: SummaryOf): bigint {
  let settled = 0n;
  for (const calls of survey.calls.values()) {
    for (const call of calls) {
      if (!isHook(call)) continue;
      for (const { fn } of runs.by(call)) settled |= effects.identity.pending & ~(summaryOf(fn)?.pending ?? 0n);
      for (const op of survey.ops.values()) {
        if (isInside(op.node, call))
          settled |= effects.identity.pending & ~(effects.effectOf(op.node, summaryOf)?.pending ?? 0n);
      }
    }
  }
  return settled;
}

function isHook(call: Call): boolean {
  const name = calleeName(call) ?? '';
  if (CLIENT_HOOKS.has(name)) return true;
  const [first] = call.arguments;
  if (first === undefined) return false;
  if (name === 'use') return isFunction(first) || (call.arguments[1] !== undefined && isFunction(call.arguments[1]));
  return HOOK_METHODS.has(name) && eventsOf(first).some((event) => HOOK_EVENTS.has(event));
}

function eventsOf(node: Node): string[] {
  if (node.type === 'ArrayExpression') return node.elements.flatMap((element) => (element ? eventsOf(element) : []));
  // A pattern such as `/^find/` is taken to match: nobody registers one for nothing.
  if (node.type === 'Literal' && 'regex' in node) return [...HOOK_EVENTS];
  const text = literalText(node);
  return text === undefined ? [] : [text];
}

/** Whether middleware in front of a handler, or of all routes of the file, is named for clearing a cache. */
export function clearingMiddleware(survey: Survey, runs: Runs, analysis: Analysis): (handler: Node) => boolean {
  const sounds = (call: Call, handler?: Node): boolean =>
    call.arguments.some((argument) => {
      const isCode = isFunction(argument) || (handler !== undefined && isInside(handler, argument));
      return !isCode && soundsLikeClearingMiddleware(analysis.sourceCode.getText(argument));
    });
  const forAll = [...survey.calls.values()].flat().some((call) => calleeName(call) === 'use' && sounds(call));
  return (handler) => {
    const registration = runs.registrationOf(handler);
    return registration !== undefined && (forAll || sounds(registration, handler));
  };
}
