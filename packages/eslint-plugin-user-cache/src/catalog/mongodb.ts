import type { DatabaseCatalog } from './database.js';

/** mongodb 7. Source: the `Collection` class of its API documentation. Every call is sent at once. */
export const mongodb = {
  library: 'mongodb',
  modules: ['mongodb'],
  types: ['Collection'],
  eagerWrites: [
    'insertOne',
    'insertMany',
    'bulkWrite',
    'updateOne',
    'updateMany',
    'replaceOne',
    'deleteOne',
    'deleteMany',
    'findOneAndUpdate',
    'findOneAndReplace',
    'findOneAndDelete',
    'drop',
    'rename',
  ],
  lazyWrites: [],
  inserts: ['insertOne', 'insertMany'],
  reads: ['find', 'findOne', 'aggregate', 'countDocuments', 'estimatedDocumentCount', 'distinct'],
  lists: ['find', 'aggregate', 'countDocuments', 'estimatedDocumentCount', 'distinct'],
  telling: [],
  transactions: ['withTransaction'],
} as const satisfies DatabaseCatalog;

/** Functions and methods that hand out a collection, named by their first argument. */
export const mongodbCollectionCalls = ['collection', 'getCollection'] as const;
