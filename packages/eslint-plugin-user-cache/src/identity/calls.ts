/** Calls whose result is the argument in another form: what goes in is carried, it selects nothing. */
export const CARRIERS =
  /(?:^|\.)(?:\w*(?:stringify|serialize|serialise|encode|encrypt|compress|gzip|deflate|pack|clone|cloneDeep|hash|hmac|digest|sign|signToken|token)|String|Number|BigInt|Boolean|Date|ObjectId|Map|Set|from|assign|freeze|toString|toObject|toJSON|entries|keys|values|fromEntries|parse|pick|omit|merge|plainToInstance|sha\d*|md5|uuid\w*|nanoid|random\w*)$/;

/** Calls that make an id which nobody else can guess. */
export const UNGUESSABLE =
  /(?:^|\.)_?(?:uuid\w*|v[47]|nanoid|cuid\w*|ulid|random(?:UUID|Bytes)|randomString|generate\w*(?:Token|Id|Code))$/i;

/** Names of such ids: of a run that was started, a ticket that was handed out. */
export const UNGUESSABLE_NAME =
  /(?:^|\.)_?(?:(?:job|request|run|upload|socket|trace|correlation)_?id|nonce|challenge|ticket|otp)$/i;

/** Methods that store what they are given: the row belongs to someone, but its id already says which row it is. */
export const CREATES =
  /^(?:create\w*|insert\w*|save|add|upsert|push|build|bulkCreate|persist|register|send|enqueue|publish)$/;

/** Methods whose first argument selects, and whose others are data. */
export const UPDATES = /^(?:findOneAnd\w+|findByIdAnd\w+|update\w*|replace\w*|delete\w*)$/;

/** Properties that are data in the argument of a write: Prisma's `data`, `create`, `update`. */
export const DATA_PROPERTIES: ReadonlySet<string> = new Set(['data', 'create', 'update', 'returning', 'select']);

/** Properties by which a model provider tells end users apart, for abuse reports and bills; the answer does not depend on them. */
export const BILLING_PROPERTIES: ReadonlySet<string> = new Set([
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'tags',
  'userId',
  'user_id',
  'uid',
]);

/** Properties that only a request to a model provider has. */
export const PROMPT_PROPERTIES: ReadonlySet<string> = new Set([
  'messages',
  'prompt',
  'input',
  'model',
  'temperature',
  'maxTokens',
  'max_tokens',
]);
