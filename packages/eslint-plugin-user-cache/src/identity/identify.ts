import type { Analysis } from '../analysis.js';
import { memoize } from '../analysis.js';
import { EMPTY, type Environment } from '../ast/environment.js';
import { type Node, dottedName } from '../ast/node.js';
import { nameMatcher } from '../settings/pattern.js';
import { type NameRole, roleOfMember, roleOfName, roleOfSessionProperty } from './names.js';
import { type Path, pathOf, withoutConversion } from './path.js';
import { REQUEST_INPUT, SESSIONS, SESSION_CALL, SESSION_OBJECTS } from './sources.js';
import type { Identity, Role, Source } from './types.js';

const matchersOf = memoize((_ast: Analysis['sourceCode']['ast'], { settings: { identity } }: Analysis) => ({
  trusted: nameMatcher(identity.trusted),
  tenant: nameMatcher(identity.tenant),
  untrusted: nameMatcher(identity.untrusted),
}));

/** The longest of `prefixes` that a path begins with. */
function longestPrefix(text: string, prefixes: readonly string[]): string | undefined {
  return prefixes
    .filter((prefix) => text === prefix || text.startsWith(`${prefix}.`))
    .reduce<string | undefined>((longest, one) => (one.length > (longest?.length ?? 0) ? one : longest), undefined);
}

interface Verdict {
  readonly role: Role;
  readonly source: Source;
  readonly proof: boolean;
}

function named(role: NameRole | undefined, source: Source): Verdict | undefined {
  return role && { role: role.role, proof: role.proof, source };
}

function ofRequest(text: string): Verdict | undefined {
  const parts = text.split('.');
  const last = parts.at(-1) ?? '';
  const session = longestPrefix(text, SESSION_OBJECTS);
  if (session !== undefined) {
    const property = text.slice(session.length + 1).split('.')[0];
    const role = property === undefined || property === '' ? 'user' : roleOfSessionProperty(property);
    return { role, source: 'session', proof: true };
  }
  if (longestPrefix(text, SESSIONS) !== undefined) {
    const property = last.replace(/\(\)$/, '').replace(/^get(?=[A-Z])/, '');
    if (/^(?:session\.)?id$/i.test(last) && text.includes('session'))
      return { role: 'user', source: 'session', proof: false };
    return named(roleOfName(property.charAt(0).toLowerCase() + property.slice(1)), 'session');
  }
  if (longestPrefix(text, REQUEST_INPUT) !== undefined) return named(roleOfName(last), 'request');
  // `req.id` is what short servers call it; as the id of a request it selects nothing and is no part of a key.
  if (text === 'req.id' || text === 'req._id') return { role: 'user', source: 'session', proof: true };
  // `req.userId`, set by a middleware.
  if (parts.length === 2) return named(roleOfName(last), 'session');
  return named(roleOfMember(parts.at(-2) ?? '', last), 'session');
}

function byName(path: Path): Verdict | undefined {
  const parts = path.text.split('.');
  const last = parts.at(-1) ?? '';
  const callee = path.call && dottedName(path.call);
  if (callee !== undefined && SESSION_CALL.test(callee)) {
    // `claims.id`, `session.user.id`: what a session call returns is about its user, whatever the variable is called.
    return named(parts.length === 1 ? roleOfName(last) : roleOfMember('user', last), 'session');
  }
  const role = parts.length === 1 ? roleOfName(last) : roleOfMember(parts.at(-2) ?? '', last);
  if (!role) return undefined;
  const isLoose = path.root === 'element' || path.root === 'constant';
  // A row that was loaded has an owner too, but that is no sign of who asked for it.
  const isRow = path.call !== undefined && (path.root === 'loaded' || parts.length > 1);
  return { ...role, source: 'name', proof: role.proof && !isLoose && !isRow };
}

function verdictOf(path: Path, written: string | undefined, analysis: Analysis): Verdict | undefined {
  const declared = matchersOf(analysis.sourceCode.ast, analysis);
  const matches = (matcher: (name: string) => boolean): boolean =>
    matcher(path.text) || (written !== undefined && matcher(written));
  if (matches(declared.untrusted)) return named(roleOfName(path.text.split('.').at(-1) ?? ''), 'request');
  if (matches(declared.trusted)) return { role: 'user', source: 'session', proof: true };
  if (matches(declared.tenant)) return { role: 'tenant', source: 'session', proof: true };
  if (path.root === 'handler') return ofRequest(path.text);
  return byName(path);
}

/** Whose identity an expression holds, if it is a plain access to one. */
export function identityOf(
  expression: Node,
  analysis: Analysis,
  environment: Environment = EMPTY,
): Identity | undefined {
  const node = withoutConversion(expression);
  const path = pathOf(node, analysis, environment);
  if (!path) return undefined;
  const written = dottedName(node);
  const verdict = verdictOf(path, written, analysis);
  return verdict && { ...verdict, path: path.text, text: written ?? path.text, node };
}

/** What the client of a request sent: its parameters, body, headers, URL. */
export function isRequestInput(path: Path): boolean {
  return path.root === 'handler' && longestPrefix(path.text, REQUEST_INPUT) !== undefined;
}
