import { type Call, type Node, unwrap, unwrapAwait } from './node.js';

/** The calls of a chain from the last to the first: `db('t').where(x).first()` gives `first`, `where`, `db`. */
export function* callsDown(expression: Node): Generator<Call> {
  let node = unwrapAwait(expression);
  while (node.type === 'CallExpression' || node.type === 'MemberExpression') {
    if (node.type === 'MemberExpression') {
      node = unwrapAwait(node.object);
      continue;
    }
    yield node;
    const callee = unwrap(node.callee);
    if (callee.type !== 'MemberExpression') return;
    node = unwrapAwait(callee.object);
  }
}

/** What a chain begins with: `supabase` in `supabase.from('t').select()`. */
export function rootOfChain(expression: Node): Node {
  let node = unwrapAwait(expression);
  while (node.type === 'CallExpression' || node.type === 'MemberExpression') {
    if (node.type === 'MemberExpression') {
      const object = unwrapAwait(node.object);
      // `this.db` is one name.
      if (object.type === 'ThisExpression') return node;
      node = object;
    } else node = unwrapAwait(node.callee);
  }
  return node;
}
