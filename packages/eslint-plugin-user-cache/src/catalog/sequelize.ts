import type { DatabaseCatalog } from './database.js';

/** sequelize 6. Source: the `Model` class of its API reference. */
export const sequelize = {
  library: 'sequelize',
  modules: ['sequelize', 'sequelize-typescript'],
  types: ['ModelStatic', 'ModelCtor'],
  eagerWrites: ['update', 'destroy', 'bulkCreate', 'upsert', 'increment', 'decrement', 'restore', 'findOrCreate'],
  lazyWrites: [],
  inserts: ['bulkCreate', 'findOrCreate'],
  reads: ['findAll', 'findByPk', 'findAndCountAll', 'findOrBuild', 'count', 'max', 'min', 'sum'],
  lists: ['findAll', 'findAndCountAll', 'count', 'max', 'min', 'sum'],
  telling: ['bulkCreate', 'findAll', 'findByPk', 'findAndCountAll', 'findOrCreate', 'destroy'],
  transactions: ['transaction'],
} as const satisfies DatabaseCatalog;

/** Rows: what a query resolved to. */
export const sequelizeRow = {
  sources: ['findByPk', 'findAll', 'findOrCreate', 'build', 'bulkCreate'],
  eagerWrites: ['update', 'destroy', 'increment', 'decrement', 'restore'],
} as const;
