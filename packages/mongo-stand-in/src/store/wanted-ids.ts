import { ObjectId } from 'bson';

import { identity, isDocument, type Document } from './document.js';

/**
 * The keys of the only documents that a filter on `_id` can match, or `undefined` where that cannot be said. A lookup by id, and what
 * `populate` makes of references, need not test every document. ObjectIds only: a collation could make two other values equal.
 */
export function wantedIds(filter: Document): ReadonlySet<string> | undefined {
  const condition = filter._id;
  if (condition instanceof ObjectId) return new Set([identity(condition)]);
  if (!isDocument(condition) || !Array.isArray(condition.$in)) return undefined;
  const ids: unknown[] = condition.$in;
  return ids.every((id) => id instanceof ObjectId) ? new Set(ids.map((id) => identity(id))) : undefined;
}
