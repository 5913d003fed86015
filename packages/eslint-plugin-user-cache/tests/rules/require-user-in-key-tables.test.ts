import { type Case, runCases } from './key-tester.js';

/** How projects name who is logged in; each of them in a handler, in the filter and in the key. */
const SESSION_SOURCES = [
  'req.user.id',
  'req.user._id',
  'req.user?.id',
  'req.user.sub',
  'req.user.uid',
  'req.user.userId',
  'req.user.openidId',
  'req.user',
  'req.userId',
  'req.uid',
  'req.session.userId',
  'req.session.user.id',
  'req.session.user._id',
  'req.session.getUserId()',
  'req.session.passport.user',
  'req.auth.userId',
  'req.auth.payload.sub',
  'req.auth.sub',
  'req.oidc.user.sub',
  'req.accountability.user',
  'res.locals.user.id',
  'res.locals.userId',
  'getAuth(req).userId',
];

/** How services name their parameter. */
const PARAMETERS = [
  'userId',
  'user_id',
  'uid',
  'currentUserId',
  'ownerId',
  'accountId',
  'accountUuid',
  'memberId',
  'customerId',
  'studentId',
  'subscriberId',
  'learnerId',
  'mentorId',
  'followerId',
  'createdBy',
  'authorId',
  'tenantId',
  'orgId',
  'organizationId',
  'workspaceId',
];

/** Receivers of `get`, `set` and `delete` that are no cache. */
const OTHER_RECEIVERS = [
  'router',
  'app',
  'nconf',
  'config',
  'configService',
  'axios',
  'http',
  'request',
  'req',
  'res',
  'headers',
  'searchParams',
  'formData',
  'params',
  'session',
  'req.session',
  'this.repository',
  'this.events',
  'prisma.note',
  'state.notes',
  'cookies',
  'storage.keys',
  'cacheControl',
];

/** Keys of what is everybody's, in a function that knows the user. */
const SHARED_KEYS = [
  "'config:app'",
  "'plans'",
  "'flags'",
  "'countries'",
  "'rates:latest'",
  "'home'",
  "'search:popular'",
  'KEYS.TOOLS',
  '`product:${req.params.id}`',
  '`page:${req.query.page}:${req.query.limit}`',
  '`otp:${req.body.code}`',
  '`idempotency:${req.headers["idempotency-key"]}`',
  '`translation:${sha(req.body.text)}`',
  '`article:${slug(req.params.title)}`',
  "['stats', new Date().toISOString().slice(0, 10)].join(':')",
];

const CLIENTS: readonly (readonly [name: string, code: string])[] = [
  ['ioredis', "import Redis from 'ioredis'; const box = new Redis();"],
  ['an ioredis cluster', "import { Cluster } from 'ioredis'; const box = new Cluster([]);"],
  ['node-redis', "import { createClient } from 'redis'; const box = await createClient().connect();"],
  ['a required node-redis', "const box = require('redis').createClient();"],
  ['Upstash', "import { Redis } from '@upstash/redis'; const box = Redis.fromEnv();"],
  ['keyv', "import Keyv from 'keyv'; const box = new Keyv();"],
  ['cache-manager', "import { createCache } from 'cache-manager'; const box = createCache();"],
  ['lru-cache', "import { LRUCache } from 'lru-cache'; const box = new LRUCache({ max: 9 });"],
  ['node-cache', "import NodeCache from 'node-cache'; const box = new NodeCache();"],
  ['a Map', 'const box = new Map();'],
  ['a client assigned later', "import Redis from 'ioredis'; let box; box = new Redis();"],
  [
    'a client out of a function',
    "import Redis from 'ioredis'; function open() { return new Redis(); } const box = open();",
  ],
];

/** How the user gets into a key. */
const SPELLINGS = [
  '`notes:${userId}:${page}`',
  "'notes:' + userId",
  "'notes:'.concat(userId)",
  "['notes', userId, page].join(':')",
  "['notes', page, userId].filter(Boolean).join('-')",
  '`notes:${page ? `${userId}:${page}` : userId}`',
  '`notes:${encodeURIComponent(userId)}`',
  '`notes:${Number(userId)}`',
  '`notes:${userId.toLowerCase().trim()}`',
  "`notes:${userId ?? 'anonymous'}`",
  'keyFor(userId)',
  'Keys.notes.of({ userId, page })',
  'hash(`${userId}|${page}`)',
  "createHash('sha1').update(userId).digest('hex')",
  'JSON.stringify({ userId, page })',
  "format('notes:%s:%d', userId, page)",
];

/** Functions of another module that load through a cache, as projects call them. */
const LOADERS = [
  'remember',
  'memo',
  'memoize',
  'cached',
  'withCache',
  'getOrSet',
  'getOrSetCache',
  'getOrFetch',
  'getOrLoad',
  'cacheWrap',
  'cacheAside',
  'fetchWithCache',
];

const valid: Case[] = [
  ...SPELLINGS.map((key) => ({
    name: `the user in ${key}`,
    code: `import { redis } from '../lib/redis.js';
export async function list(userId, page) {
  await redis.set(${key}, await Note.find({ userId }).skip(page));
}`,
  })),
  ...LOADERS.map((name) => ({
    name: `${name}(key, load) with the user in the key`,
    code: `import { ${name} } from '../lib/caching.js';
export const list = (userId, page) => ${name}(\`notes:\${userId}:\${page}\`, () => Note.find({ userId }).skip(page));`,
  })),
  ...LOADERS.map((name) => ({
    name: `${name}(key, load) of what is everybody's, by a function that knows the user`,
    code: `import { ${name} } from '../lib/caching.js';
export async function list(userId, page) {
  const rows = await ${name}(\`notes:\${page}\`, () => Note.find({ listed: true }).skip(page));
  return withMarks(rows, await Mark.find({ userId }));
}`,
  })),
  ...SESSION_SOURCES.map((source) => ({
    name: `${source} in the key of what it filters`,
    code: `import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const who = ${source};
  await redis.set(\`notes:\${who}\`, await Note.find({ author: ${source} }));
}`,
  })),
  ...PARAMETERS.map((name) => ({
    name: `a parameter ${name} in the key of what it filters`,
    code: `import { redis } from '../lib/redis.js';
export async function list(${name}, page) {
  await redis.set('notes:' + ${name} + ':' + page, await Note.find({ who: ${name} }).skip(page));
}`,
  })),
  ...OTHER_RECEIVERS.map((receiver) => ({
    name: `${receiver} is no cache`,
    code: `import { redis } from '../lib/redis.js';
export async function list(userId) {
  ${receiver}.set('notes', await Note.find({ userId }));
  ${receiver}.get('notes');
  ${receiver}.delete('notes');
}`,
  })),
  ...SHARED_KEYS.map((key) => ({
    name: `${key} for what is everybody's`,
    code: `import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await touch(req.user.id);
  const rows = await Thing.find({ listed: true, q: req.query.q });
  await redis.set(${key}, JSON.stringify(rows));
  res.json(await addMarks(rows, req.user.id));
}`,
  })),
  ...CLIENTS.map(([name, client]) => ({
    name: `${name} with the user in the key`,
    code: `${client}
export async function list(userId) {
  await box.set(\`notes:\${userId}\`, await Note.find({ userId }));
}`,
  })),
];

runCases('tables: names and libraries', {
  valid,
  invalid: CLIENTS.map(([name, client]) => ({
    name: `${name} without the user in the key`,
    code: `${client}
export async function list(userId) {
  await box.set('notes', await Note.find({ userId }));
}`,
    reports: [
      {
        line: 3,
        data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '3' },
        suggestion: {
          identity: 'userId',
          output: `${client}
export async function list(userId) {
  await box.set(\`notes:\${userId}\`, await Note.find({ userId }));
}`,
        },
      },
    ],
  })),
});
