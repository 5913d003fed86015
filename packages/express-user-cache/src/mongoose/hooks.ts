import { inherited } from './inherited.js';
import type { Doc, Options, Query, Schema } from './parts.js';
import type { StaleData } from './stale.js';
import { isInBulkSave } from './statics.js';
import { sessionOf } from './transaction.js';
import { begin, releaseAfterError, Writes } from './writes.js';

const QUERIES = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'findOneAndUpdate',
  'findOneAndReplace',
  'findOneAndDelete',
  'deleteOne',
  'deleteMany',
];

const ON_QUERIES = { document: false, query: true };
const ON_DOCUMENTS = { document: true, query: false };

// Hooks for errors are async functions: mongoose 8 waits for a promise, or for a callback that nobody calls.

export function hookDocuments(schema: Schema, staleData: StaleData): void {
  const writes = new Writes();
  // mongoose 8 passes `next` first, and passes the options only to a function that has parameters.
  schema.pre(['save'], ON_DOCUMENTS, async function (this: Doc, first: unknown, second: unknown) {
    if (isInBulkSave(this)) return;
    const options = ((typeof first === 'function' ? second : first) ?? {}) as Options;
    const stale = await staleData.of(this.constructor, 'save', options.userCache, [{ document: this }]);
    writes.begun(this, await begin(sessionOf(this.constructor, options, this.$session()), stale));
  });
  schema.post(['save'], ON_DOCUMENTS, async function (this: Doc) {
    await writes.end(this)();
  });
  schema.post(['save'], { ...ON_DOCUMENTS, errorHandler: true }, async function (this: Doc) {
    await releaseAfterError(writes.end(this));
  });
}

export function hookQueries(schema: Schema, staleData: StaleData): void {
  const writes = new Writes();
  const documents = new WeakMap<object, Doc>();
  // The query of such a call filters by _id alone, but the document knows whose it is.
  for (const name of ['updateOne', 'replaceOne', 'deleteOne']) {
    const form = inherited<Doc>(schema.methods, name, function (original, ...args) {
      const query = original(...args) as object;
      documents.set(query, this);
      return query;
    });
    schema.method(name, form, { suppressWarning: true });
  }
  schema.pre(QUERIES, ON_QUERIES, async function (this: Query) {
    const options = this.getOptions();
    const { userCache, collation } = options;
    const change = { filter: this.getFilter(), update: this.getUpdate(), collation, document: documents.get(this) };
    const stale = await staleData.of(this.model, this.op, userCache, [change]);
    writes.begun(this, await begin(sessionOf(this.model, options), stale));
  });
  schema.post(QUERIES, ON_QUERIES, async function (this: Query) {
    await writes.end(this)();
  });
  schema.post(QUERIES, { ...ON_QUERIES, errorHandler: true }, async function (this: Query) {
    await releaseAfterError(writes.end(this));
  });
}
