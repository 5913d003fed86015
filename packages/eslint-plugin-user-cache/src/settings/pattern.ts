export type Matcher = (text: string) => boolean;

// Settings are read for every call of a file; there are as many patterns as a project declares.
const compiled = new Map<string, RegExp>();

function compile(pattern: string, wildcard: string): RegExp {
  const known = compiled.get(wildcard + pattern);
  if (known) return known;
  const body = pattern
    .split('*')
    .map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join(wildcard);
  // Anchored: `redis` must not match `predistance`.
  const regexp = new RegExp(`^${body}$`, 's');
  compiled.set(wildcard + pattern, regexp);
  return regexp;
}

function matcherOf(patterns: readonly string[], compileOne: (pattern: string) => RegExp): Matcher {
  const regexps = patterns.map(compileOne);
  return (text) => regexps.some((regexp) => regexp.test(text));
}

function withoutThis(name: string): string {
  return name.startsWith('this.') ? name.slice('this.'.length) : name;
}

/** Dotted names: `*` stands for any text within one part; `this.` in front makes no difference. */
export function nameMatcher(patterns: readonly string[]): Matcher {
  const matches = matcherOf(patterns, (pattern) => compile(withoutThis(pattern), '[^.]*'));
  return (name) => matches(withoutThis(name));
}

/** Keys as messages print them: `*` stands for any text. */
export function keyMatcher(patterns: readonly string[]): Matcher {
  return matcherOf(patterns, (pattern) => compile(pattern, '.*'));
}
