import type { DatabaseCatalog } from './database.js';

/** typeorm 0.3 and 1, mikro-orm's repositories. Source: the `Repository` and `EntityManager` pages. `create` only makes an object. */
export const typeorm = {
  library: 'typeorm',
  modules: ['typeorm', '@nestjs/typeorm', '@mikro-orm/core'],
  types: ['Repository', 'TreeRepository', 'MongoRepository', 'EntityRepository'],
  eagerWrites: [
    'save',
    'insert',
    'update',
    'upsert',
    'delete',
    'remove',
    'softDelete',
    'softRemove',
    'restore',
    'recover',
    'increment',
    'decrement',
    'clear',
    'nativeUpdate',
    'nativeDelete',
  ],
  lazyWrites: [],
  inserts: ['insert'],
  reads: [
    'find',
    'findBy',
    'findOne',
    'findOneBy',
    'findOneOrFail',
    'findOneByOrFail',
    'findAndCount',
    'findAndCountBy',
    'findByIds',
    'count',
    'countBy',
    'exists',
    'existsBy',
    'query',
    'createQueryBuilder',
  ],
  lists: ['find', 'findBy', 'findAndCount', 'findAndCountBy', 'count', 'countBy', 'createQueryBuilder'],
  telling: [],
  transactions: ['transaction', 'transactional'],
} as const satisfies DatabaseCatalog;

export const typeormManagerTypes = ['EntityManager', 'DataSource', 'QueryRunner'] as const;

/** Names of what takes the entity as its first argument: `manager.update(Pet, ...)`. */
export const typeormManagerNames = /^(?:\w*manager|em|dataSource)$/i;
