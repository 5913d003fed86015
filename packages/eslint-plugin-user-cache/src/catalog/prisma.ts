import type { DatabaseCatalog } from './database.js';

/** Prisma 7. Source: the client API reference. Calls are lazy promises: an operation that nobody awaits is never sent. */
export const prisma = {
  library: 'prisma',
  modules: ['@prisma/client', '.prisma/client'],
  types: ['PrismaClient', 'TransactionClient', 'PrismaService'],
  eagerWrites: [],
  lazyWrites: [
    'create',
    'createMany',
    'createManyAndReturn',
    'update',
    'updateMany',
    'updateManyAndReturn',
    'upsert',
    'delete',
    'deleteMany',
  ],
  inserts: ['create', 'createMany', 'createManyAndReturn'],
  reads: [
    'findUnique',
    'findUniqueOrThrow',
    'findFirst',
    'findFirstOrThrow',
    'findMany',
    'count',
    'aggregate',
    'groupBy',
  ],
  lists: ['findMany', 'count', 'aggregate', 'groupBy'],
  telling: [
    'findUnique',
    'findUniqueOrThrow',
    'findFirst',
    'findFirstOrThrow',
    'createManyAndReturn',
    'updateManyAndReturn',
  ],
  transactions: ['$transaction'],
} as const satisfies DatabaseCatalog;

/** Names by which projects know a client they did not create in the same file: `prisma`, `this.prisma`, `tx`, `ctx.db`. */
export const prismaClientNames = ['prisma', 'prismaClient', 'prismaService'] as const;

/** Names that many libraries share: believed only when the argument is an object with one of `prismaArguments`. */
export const prismaClientHints = ['tx', 'trx', 'db', 'client', 'orm'] as const;

export const prismaArguments = ['where', 'data', 'create', 'select', 'include', 'orderBy'] as const;

/** Methods of a client that register what runs with every operation. */
export const prismaHooks = ['$use', '$extends'] as const;
