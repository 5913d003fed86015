import type { Analysis } from '../analysis.js';
import type { Environment } from '../ast/environment.js';
import type { Call } from '../ast/node.js';
import type { Identity } from '../identity/types.js';
import { nameMatcher } from '../settings/pattern.js';
import { shortText } from './combine.js';
import { holeOf } from './hole.js';
import type { KeyAlternative } from './shape.js';

/** What a declared key builder makes; `undefined` for any other call. */
export function builtShape(
  call: Call,
  name: string,
  analysis: Analysis,
  environment: Environment,
): readonly KeyAlternative[] | undefined {
  const builder = analysis.settings.keyBuilders.find(({ callee }) => nameMatcher([callee])(name));
  if (!builder) return undefined;
  const text = shortText(call, analysis);
  switch (builder.scope) {
    case 'arguments':
      return [[holeOf(call, analysis, environment)]];
    case 'none':
      return [[{ kind: 'hole', text, node: call, identities: [] }]];
    case 'user':
    case 'tenant': {
      const identity: Identity = { role: builder.scope, source: 'session', proof: true, path: text, text, node: call };
      return [[{ kind: 'hole', text, node: call, identities: [identity] }]];
    }
  }
}
