import { select } from '../query/select.js';
import { updated, type Update } from '../query/update.js';
import { seedOf } from '../query/upsert.js';
import type { Collection } from '../store/collection.js';
import { identity, type Document } from '../store/document.js';
import type { Arguments } from './arguments.js';

export const UPDATE_FIELDS: readonly string[] = ['q', 'u', 'c', 'multi', 'upsert', 'arrayFilters', 'collation', 'hint'];

export interface Change extends Update {
  readonly upsert: boolean;
}

export interface Outcome {
  matched: number;
  modified: number;
  /** The document an upsert put in. */
  upserted?: Document;
}

/** `update` and `findAndModify` say the same under different names. */
export function readChange(args: Arguments, filter: string, change: string, variables: Document | undefined): Change {
  return {
    filter: args.document(filter),
    change: args.raw(change),
    upsert: args.flag('upsert'),
    arrayFilters: args.optionalDocuments('arrayFilters'),
    collation: args.optionalDocument('collation'),
    variables: args.optionalDocument('c') ?? variables,
  };
}

/** Adds to `total` as it goes: documents that were changed before a later one failed stay changed, and counted, as in MongoDB. */
export function changeMatching(collection: Collection, change: Change, multi: boolean, total: Outcome): void {
  const found = select(collection.candidates(change.filter), { ...change, limit: multi ? 0 : 1 });
  for (const document of found) {
    const { modified } = changeOne(collection, document, change);
    total.matched += 1;
    total.modified += modified ? 1 : 0;
  }
  if (found.length > 0 || !change.upsert) return;
  total.upserted = upsertOne(collection, change);
  total.matched += 1;
}

export function changeOne(
  collection: Collection,
  document: Document,
  change: Change,
): { document: Document; modified: boolean } {
  const next = updated(document, change);
  if (identity(next) === identity(document)) return { document, modified: false };
  collection.replace(document, next);
  return { document: next, modified: true };
}

export function upsertOne(collection: Collection, change: Change): Document {
  return collection.insert(updated(seedOf(change.filter), change, true));
}
