import { runCases } from './invalidation-tester.js';

const UPDATE = 'await Conversation.updateOne({ _id: id }, body);';
const REDIS = `import { redis } from '../lib/redis.js';\nimport { Conversation } from '../models/conversation.js';\n`;

runCases('what shows that an entity is cached', {
  valid: [
    {
      name: 'an entity that the file never caches',
      code: `import { Message } from '../models/message.js';\nasync function f(id, body) { await Message.updateOne({ _id: id }, body); }`,
    },
    {
      name: 'a file without a cache',
      alone: true,
      code: `import { Conversation } from '../models/conversation.js';\nasync function f(id, body) { ${UPDATE} }`,
    },
    {
      name: 'a cache that is read but never filled',
      alone: true,
      code: `${REDIS}async function g(id) { return redis.get(\`conversation:\${id}\`); }\nasync function f(id, body) { ${UPDATE} }`,
    },
    {
      name: 'a key that is named alike, with a value from another model',
      alone: true,
      code: `${REDIS}import { Message } from '../models/message.js';\nasync function g(id) { const rows = await Message.find({ id }); await redis.set(\`conversation:\${id}\`, JSON.stringify(rows)); }\nasync function f(id, body) { ${UPDATE} }`,
    },
    {
      name: 'a row that is added makes no cached row stale',
      code: 'async function f(body) { return Conversation.create(body); }',
    },
    {
      name: 'a new document that is saved makes no cached row stale',
      code: 'async function f(body) { const row = new Conversation(body); await row.save(); }',
    },
    {
      name: 'the model is read for a permission check only, not for the value',
      alone: true,
      code: `${REDIS}import { Plan } from '../models/plan.js';\nasync function g(id) { const row = await Conversation.findById(id); if (!row) return; const plans = await Plan.find(); await redis.set('plans', JSON.stringify(plans)); }\nasync function f(id, body) { ${UPDATE} }`,
    },
    {
      name: 'declared never to be cached',
      code: `async function f(id, body) { ${UPDATE} }`,
      settings: { entities: { Conversation: [] } },
    },
    {
      name: 'declared under a prefix, which is cleared',
      alone: true,
      settings: { entities: { Conversation: ['chat:'] } },
      code: `${REDIS}async function f(id, body) { ${UPDATE} await redis.del(\`chat:\${id}\`); }`,
    },
    {
      name: 'a key helper from another module may be the right key',
      code: `import { keys } from './keys.js';\nasync function f(id, body) { ${UPDATE} await redis.del(keys.conversation(id)); }`,
    },
    {
      name: 'a key helper of the same file',
      code: `const keyOf = (id) => \`conversation:\${id}\`;\nasync function f(id, body) { ${UPDATE} await redis.del(keyOf(id)); }`,
    },
    {
      name: 'one of several cached families is cleared: nothing is proven',
      code: `async function list(userId) { const rows = await Conversation.find({ userId }); await redis.set(\`conversations:\${userId}\`, JSON.stringify(rows)); }\nasync function f(id, userId, body) { ${UPDATE} await redis.del(\`conversations:\${userId}\`); }`,
    },
    {
      name: 'strict: every path invalidates',
      options: [{ unknown: 'report' }],
      code: `async function f(id, body) { ${UPDATE} await redis.del(\`conversation:\${id}\`); }`,
    },
    {
      name: 'strict: an entity declared never to be cached',
      options: [{ unknown: 'report' }],
      settings: { entities: { Message: [] } },
      code: `import { Message } from '../models/message.js';\nasync function f(id, body) { await Message.updateOne({ _id: id }, body); }`,
    },
    {
      name: 'strict: a declared invalidator',
      options: [{ unknown: 'report' }],
      settings: { invalidators: ['changed'] },
      code: `import { changed } from './hub.js';\nasync function f(id, body) { ${UPDATE} await changed(id); }`,
    },
    {
      name: 'settings that hold the names of prototypes',
      settings: { entities: { toString: ['x:'] } },
      code: `async function f(id, body) { ${UPDATE} await redis.del(\`conversation:\${id}\`); }`,
    },
  ],
  invalid: [
    {
      name: 'the value of a load',
      alone: true,
      code: `${REDIS}import { cache } from '../lib/cache.js';\nexport const read = (id) => cache.getOrSet(\`chat:\${id}\`, () => Conversation.findById(id));\nasync function f(id, body) {\n  ${UPDATE}\n}`,
      reports: [{ line: 6, exit: -7, family: 'chat:{id}', at: 4 }],
    },
    {
      name: 'a value through a variable and a function of the file',
      alone: true,
      code: `${REDIS}async function load(id) { const row = await Conversation.findById(id).lean(); return { row }; }\nasync function g(id) { const value = await load(id); await redis.set(\`chat:\${id}\`, JSON.stringify(value)); }\nasync function f(id, body) {\n  ${UPDATE}\n}`,
      reports: [{ line: 6, exit: -7, family: 'chat:{id}', at: 4 }],
    },
    {
      name: 'a sibling that invalidates by name',
      alone: true,
      code: `${REDIS}async function rename(id, body) { ${UPDATE} await redis.del(\`conversation:\${id}\`); }\nasync function remove(id) {\n  await Conversation.deleteOne({ _id: id });\n}`,
      reports: [{ line: 5, exit: -6, at: 3 }],
    },
    {
      name: 'an owner in front of the name',
      alone: true,
      code: `${REDIS}async function rename(userId, id, body) { ${UPDATE} await redis.del(\`user:\${userId}:conversations\`); }\nasync function remove(id) {\n  await Conversation.deleteOne({ _id: id });\n}`,
      reports: [{ line: 5, exit: -6, at: 3, family: 'user:{userId}:conversations' }],
    },
    {
      name: 'settings declare the prefix',
      alone: true,
      settings: { entities: { Conversation: ['chat:'] } },
      code: `${REDIS}async function f(id, body) {\n  ${UPDATE}\n}`,
      reports: [{ line: 4, exit: -5, family: 'chat:', at: 'settings' }],
    },
    {
      name: 'a row that is added makes a cached list stale',
      code: `async function list(userId) { const rows = await Conversation.find({ userId }); await redis.set(\`conversations:\${userId}\`, JSON.stringify(rows)); }\nasync function f(body) {\n  return Conversation.create(body);\n}`,
      reports: [{ line: 3, exit: 3, family: 'conversations:{userId}', at: 1 }],
    },
    {
      name: 'another key is cleared: a prefix too many',
      alone: true,
      code: `${REDIS}async function list(userId) { const rows = await Conversation.find({ userId }); await redis.set(\`chat:list:\${userId}\`, JSON.stringify(rows)); }\nasync function f(id, userId) {\n  await Conversation.deleteOne({ _id: id });\n  await redis.del(\`chat:\${userId}\`);\n}`,
      reports: [
        { messageId: 'otherKey', line: 5, exit: -7, family: 'chat:list:{userId}', at: 3, cleared: 'chat:{userId}' },
      ],
    },
    {
      name: 'another key is cleared: the list, not the row',
      code: `async function f(id, userId, body) {\n  ${UPDATE}\n  await redis.del(\`conversations:\${userId}\`);\n}`,
      reports: [{ messageId: 'otherKey', line: 2, exit: -4, cleared: 'conversations:{userId}' }],
    },
    {
      name: 'strict: an entity that nothing shows to be cached',
      options: [{ unknown: 'report' }],
      code: `import { Message } from '../models/message.js';\nasync function f(id, body) {\n  await Message.updateOne({ _id: id }, body);\n}`,
      reports: [{ messageId: 'unproven', line: 3, exit: -4, entity: 'Message' }],
    },
    {
      name: 'strict: a helper that is only named for invalidating',
      options: [{ unknown: 'report' }],
      code: `import { invalidateConversation } from './keys.js';\nasync function f(id, body) {\n  ${UPDATE}\n  await invalidateConversation(id);\n}`,
      reports: [{ line: 3, exit: -5 }],
    },
    {
      name: 'strict: an exported function is an entry point even if the file calls it',
      options: [{ unknown: 'report' }],
      code: `export async function save(id, body) {\n  ${UPDATE}\n}\nexport async function f(id, body) { await save(id, body); await redis.del(\`conversation:\${id}\`); }`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a declared writer',
      alone: true,
      settings: { writers: [{ callee: 'conversations.*', entity: 'Conversation' }] },
      code: `${REDIS}import { conversations } from './repository.js';\nexport const read = async (id) => { const row = await Conversation.findById(id); await redis.set(\`conversation:\${id}\`, row); };\nasync function f(id, body) {\n  await conversations.rename(id, body);\n}`,
      reports: [{ line: 6, exit: -7, at: 4 }],
    },
  ],
});
