import type { DatabaseCatalog } from './database.js';

/** mongoose 9. Source: the `Model` and `Query` pages of its API documentation. */
export const mongoose = {
  library: 'mongoose',
  modules: ['mongoose'],
  types: ['Model', 'PaginateModel'],
  eagerWrites: ['create', 'insertMany', 'insertOne', 'bulkWrite', 'bulkSave'],
  lazyWrites: [
    'updateOne',
    'updateMany',
    'replaceOne',
    'findOneAndUpdate',
    'findOneAndReplace',
    'findOneAndDelete',
    'findOneAndRemove',
    'findByIdAndUpdate',
    'findByIdAndDelete',
    'findByIdAndRemove',
    'deleteOne',
    'deleteMany',
  ],
  inserts: ['create', 'insertMany', 'insertOne'],
  reads: ['find', 'findOne', 'findById', 'aggregate', 'countDocuments', 'distinct', 'exists', 'estimatedDocumentCount'],
  lists: ['find', 'aggregate', 'countDocuments', 'distinct', 'estimatedDocumentCount'],
  telling: [
    'find',
    'findOne',
    'findById',
    'insertMany',
    'bulkSave',
    'updateOne',
    'updateMany',
    'replaceOne',
    'findOneAndUpdate',
    'findOneAndReplace',
    'findOneAndDelete',
    'findByIdAndUpdate',
    'findByIdAndDelete',
    'findByIdAndRemove',
    'deleteOne',
    'deleteMany',
  ],
  transactions: ['transaction', 'withTransaction'],
} as const satisfies DatabaseCatalog;

/** Documents: what `new Model()` makes and a query that is not lean resolves to. */
export const mongooseDocument = {
  types: ['HydratedDocument'],
  /** Model methods that resolve to a document, or to an array of them. */
  sources: ['create', 'findOne', 'findById', 'find', 'findOneAndUpdate', 'findByIdAndUpdate', 'insertMany', 'hydrate'],
  eagerWrites: ['save', 'remove'],
  lazyWrites: ['deleteOne', 'updateOne', 'replaceOne'],
} as const;

/** Methods of a schema that register middleware, and the events of it that run with a write. */
export const mongooseHooks = {
  methods: ['post', 'pre'],
  events: [
    'save',
    'remove',
    'insertMany',
    'updateOne',
    'updateMany',
    'replaceOne',
    'findOneAndUpdate',
    'findOneAndReplace',
    'findOneAndDelete',
    'deleteOne',
    'deleteMany',
    'bulkWrite',
  ],
} as const;
