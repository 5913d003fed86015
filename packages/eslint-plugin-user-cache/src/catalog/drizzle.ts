import type { DatabaseCatalog } from './database.js';

/** drizzle-orm 0.45: the table is an argument, `db.update(pets).set(...)`. Source: its query documentation. */
export const drizzle = {
  library: 'drizzle',
  modules: ['drizzle-orm'],
  types: [],
  eagerWrites: [],
  lazyWrites: ['insert', 'update', 'delete'],
  inserts: ['insert'],
  reads: ['from', 'findFirst', 'findMany'],
  lists: ['from', 'findMany'],
  telling: [],
  transactions: ['transaction'],
} as const satisfies DatabaseCatalog;

export const drizzleClientNames = /^(?:db|tx|trx|database|drizzle\w*|conn|\w+Db)$/i;

/** What must follow a write for it to be drizzle's. */
export const drizzleContinuations: Readonly<Record<string, readonly string[]>> = {
  insert: ['values', 'select'],
  update: ['set'],
  delete: ['where', 'returning', 'execute'],
};
