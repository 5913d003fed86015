/** The part of JSON Schema that settings need; `validate.ts` interprets exactly this. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer';
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
}

const pattern: Schema = {
  type: 'string',
  minLength: 1,
  description: 'A dotted name. `*` stands for any text within one part; the whole name must match.',
};

const position: Schema = { type: 'integer', minimum: 0, description: 'Position of an argument, counted from 0.' };

function patterns(description: string): Schema {
  return { type: 'array', description, items: pattern };
}

function list(description: string, required: readonly string[], properties: Schema['properties']): Schema {
  return {
    type: 'array',
    description,
    items: { type: 'object', required, properties: properties ?? {}, additionalProperties: false },
  };
}

/** The catalog entries that a client can be declared to be like. */
const LIBRARIES = [
  'ioredis',
  'node-redis',
  'keyv',
  'cache-manager',
  'lru-cache',
  'map',
  'user-cache',
  'shared-cache',
  'generic',
] as const;

export const settingsSchema = {
  identity: {
    type: 'object',
    description: 'Where the identity of a request comes from, beside the sources that are known already.',
    additionalProperties: false,
    properties: {
      trusted: patterns('Expressions that hold the id of the user a session belongs to.'),
      tenant: patterns('Expressions that hold the id of the tenant a session belongs to.'),
      untrusted: patterns('Expressions that the client of the request controls.'),
    },
  },
  clients: list('Cache clients that the file itself does not reveal.', ['like'], {
    name: { ...pattern, description: 'The dotted name where it is used, for example `cacheService`.' },
    module: { ...pattern, description: 'The module it is imported from, as written in the import.' },
    export: { ...pattern, description: 'The export of that module. Left out: every export.' },
    like: { type: 'string', enum: LIBRARIES, description: 'The library whose methods it has.' },
  }),
  operations: list('Functions of the project that work on the cache.', ['callee', 'op'], {
    callee: pattern,
    op: { type: 'string', enum: ['read', 'write', 'load', 'delete', 'invalidate', 'clear', 'mutate'] },
    key: position,
    value: position,
    loader: position,
    ttl: position,
    unit: { type: 'string', enum: ['s', 'ms'], description: 'The unit of the TTL.' },
  }),
  keyBuilders: list('Functions that build cache keys.', ['callee', 'scope'], {
    callee: pattern,
    scope: { type: 'string', enum: ['user', 'tenant', 'arguments', 'none'] },
  }),
  invalidators: patterns('Functions that invalidate cached entries.'),
  writers: list('Functions that write to the database.', ['callee', 'entity'], {
    callee: pattern,
    entity: { type: 'string', minLength: 1, description: 'The model they write.' },
  }),
  entities: {
    type: 'object',
    description: 'A model and the key prefixes its data is cached under.',
    additionalProperties: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  publicKeys: patterns('Keys that are shared on purpose, for example `config:*`. Here `*` stands for any text.'),
  userNamespaces: patterns("Key namespaces whose entries are always a user's, for example `conversation`."),
  userModels: patterns("Models whose rows are always a user's, for example `Conversation`."),
} as const satisfies Record<string, Schema>;
