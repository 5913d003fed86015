import { Aggregator, find, ProcessingMode, Query } from 'mingo';
import type { CollationSpec, Options, SortSpec } from 'mingo/types';
import { resolve, unique } from 'mingo/util';

import { CommandError } from '../errors.js';
import { copy, isDocument, type Document } from '../store/document.js';

/** What a command may say about how its expressions are read. */
export interface Reading {
  readonly collation?: Document | undefined;
  /** Variables of `let`. */
  readonly variables?: Document | undefined;
}

export interface Selection extends Reading {
  readonly filter: Document;
  readonly sort?: Document | undefined;
  readonly skip?: number | undefined;
  /** 0: no limit. */
  readonly limit?: number | undefined;
}

/** Scripts stay off: `$where` and `$function` would run a client's code in this process. */
export function mingoOptions({ collation, variables }: Reading): Partial<Options> {
  return {
    scriptEnabled: false,
    ...(collation === undefined ? {} : { collation: toCollation(collation) }),
    ...(variables === undefined ? {} : { variables }),
  };
}

/** The stored documents themselves: for reading and for replacing, never for changing. */
export function select(
  documents: Document[],
  { filter, sort, skip = 0, limit = 0, ...reading }: Selection,
): Document[] {
  const options = mingoOptions(reading);
  const query = new Query(filter, options);
  const matching = documents.filter((document) => query.test(document));
  const cursor = find<Document>(matching, {}, {}, options);
  if (sort !== undefined && Object.keys(sort).length > 0) cursor.sort(toSort(sort));
  const sorted = cursor.all();
  return sorted.slice(skip, limit === 0 ? undefined : skip + limit);
}

/** mingo's projections cut fields out of nested objects in place, so they get copies. The filter is for the positional `$`. */
export function project(documents: Document[], projection: Document, filter: Document, reading: Reading): Document[] {
  if (Object.keys(projection).length === 0) return documents;
  const projected = find<Document>(documents.map(copy), filter, projection, mingoOptions(reading)).all();
  // mingo adds the `_id` last; in MongoDB's documents it comes first.
  return projected.map((document) => ('_id' in document ? { _id: document._id, ...document } : document));
}

export function distinct(documents: Document[], path: string): unknown[] {
  return unique(
    documents.flatMap((document) => {
      const value = resolve(document, path);
      return (Array.isArray(value) ? value : [value]) as unknown[];
    }),
  ).filter((value) => value !== undefined);
}

/** Stages that write, and stages that say something of a server this is not. */
const REFUSED_STAGES = new Set(['$out', '$merge', '$changeStream', '$collStats', '$indexStats', '$currentOp']);

export function aggregate(
  documents: Document[],
  pipeline: Document[],
  reading: Reading,
  collection: (name: string) => Document[],
): Document[] {
  for (const stage of pipeline.flatMap((entry) => Object.keys(entry))) {
    if (REFUSED_STAGES.has(stage)) throw new CommandError(115, `the stand-in for development has no ${stage}`);
  }
  const [first, ...rest] = pipeline;
  const filter = first?.$match;
  if (!isDocument(filter)) return run(documents, pipeline, reading, collection);
  // A leading $match goes first so that only what it leaves is copied.
  return run(select(documents, { filter, ...reading }), rest, reading, collection);
}

function run(
  documents: Document[],
  pipeline: Document[],
  reading: Reading,
  collection: (name: string) => Document[],
): Document[] {
  return new Aggregator(pipeline, {
    ...mingoOptions(reading),
    processingMode: ProcessingMode.CLONE_INPUT,
    collectionResolver: (name) => collection(name).map(copy),
  }).run<Document>(documents);
}

function toSort(sort: Document): SortSpec {
  return Object.fromEntries(
    Object.entries(sort).map(([path, order]) => {
      if (order !== 1 && order !== -1)
        throw new CommandError(2, `$sort key ordering must be 1 (ascending) or -1 (descending): ${path}`);
      return [path, order];
    }),
  );
}

function toCollation({ locale, strength, numericOrdering, caseLevel }: Document): CollationSpec {
  if (typeof locale !== 'string') throw new CommandError(2, 'a collation needs a locale');
  return {
    locale,
    ...(strength === 1 || strength === 2 || strength === 3 ? { strength } : {}),
    ...(typeof numericOrdering === 'boolean' ? { numericOrdering } : {}),
    ...(typeof caseLevel === 'boolean' ? { caseLevel } : {}),
  };
}
