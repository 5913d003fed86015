import type { Node } from '../ast/node.js';

/** Whose the value is: one user's, a tenant's (a group of users), or a property of the user (`req.user.role`). */
export type Role = 'user' | 'tenant' | 'attribute';

/** `session`: the server established it. `request`: the client sent it. `name`: only the name tells. */
export type Source = 'session' | 'request' | 'name';

export interface Identity {
  readonly role: Role;
  readonly source: Source;
  /** Good enough to show that a value is a user's. Without it the identity only shows that a key is scoped. */
  readonly proof: boolean;
  /** Where it comes from, canonically: `req.user.id`, however many variables lie between. */
  readonly path: string;
  /** As it is written at `node`. */
  readonly text: string;
  readonly node: Node;
}
