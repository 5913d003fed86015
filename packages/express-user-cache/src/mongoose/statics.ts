import { inherited } from './inherited.js';
import type { Doc, Model, Options, Schema } from './parts.js';
import type { Change, StaleData } from './stale.js';
import { sessionOf } from './transaction.js';
import { begin, releaseAfterError } from './writes.js';

type Write = (options: Options) => Promise<unknown>;

const inBulkSave = new WeakSet<Doc>();

/** Whether a `bulkSave` holds for this document: its save hooks have nothing to do, and not always an end. */
export const isInBulkSave = (document: Doc): boolean => inBulkSave.has(document);

/**
 * Wraps the operations of a model that take lists. Hooks would not do: an end does not say which of two operations at once has
 * ended.
 */
export function wrapStatics(schema: Schema, staleData: StaleData): void {
  const wrap = (
    name: string,
    changeOf: (one: unknown) => Change,
    run: (write: Write, options: Options, list: readonly unknown[]) => Promise<unknown> = (write, options) =>
      write(options),
  ): void => {
    const form = inherited<Model>(schema.statics, name, async function (original, given, options, ...rest) {
      const own = (options ?? {}) as Options;
      const list = Array.isArray(given) ? (given as unknown[]) : [given];
      const stale = await staleData.of(this, name, own.userCache, list.map(changeOf));
      const release = await begin(sessionOf(this, own), stale);
      let written: unknown;
      try {
        written = await run((as) => Promise.resolve(original(given, as, ...rest)), own, list);
      } catch (error) {
        await releaseAfterError(release);
        throw error;
      }
      await release();
      return written;
    });
    schema.static(name, form);
  };
  wrap('insertMany', insertion);
  wrap('bulkWrite', changeOfOperation);
  wrap('bulkSave', insertion, async (write, options, list) => {
    const documents = list as Doc[];
    for (const document of documents) inBulkSave.add(document);
    try {
      // It ends in a bulkWrite, whose filters do not tell owners.
      return await write({ ...options, userCache: false });
    } finally {
      for (const document of documents) inBulkSave.delete(document);
    }
  });
}

const insertion = (one: unknown): Change => (isDoc(one) ? { document: one } : { inserted: one });

const isDoc = (one: unknown): one is Doc => typeof one === 'object' && one !== null && '$isNew' in one;

/** What one operation of a `bulkWrite` changes; of one that is not known nobody can tell. */
function changeOfOperation(operation: unknown): Change {
  const [[name, details] = ['', undefined]] = Object.entries(operation ?? {}) as [string, unknown][];
  const { document, filter, update, replacement, collation } = (details ?? {}) as Readonly<Record<string, unknown>>;
  switch (name) {
    case 'insertOne':
      return insertion(document);
    case 'updateOne':
    case 'updateMany':
      return { filter, update, collation };
    case 'replaceOne':
      return { filter, update: replacement, collation };
    default:
      return { filter, collation };
  }
}
