import { runCases } from './invalidation-tester.js';

const REDIS = `import { redis } from '../lib/redis.js';\n`;
const PRISMA = `${REDIS}import { PrismaClient } from '@prisma/client';\nconst db = new PrismaClient();\nexport async function read(id) { const row = await db.conversation.findUnique({ where: { id } }); await redis.set(\`conversation:\${id}\`, JSON.stringify(row)); return row; }\n`;
const MONGODB = `${REDIS}import { MongoClient } from 'mongodb';\nconst conversations = new MongoClient(url).db().collection('conversations');\nexport async function read(id) { const row = await conversations.findOne({ id }); await redis.set(\`conversation:\${id}\`, JSON.stringify(row)); return row; }\n`;

runCases('mongoose', {
  valid: [
    {
      name: 'a query that nothing runs writes nothing',
      code: 'async function f(id, body) { Conversation.updateOne({ _id: id }, body); }',
    },
    {
      name: 'a query in a variable that is never used',
      code: 'async function f(id, body) { const query = Conversation.updateOne({ _id: id }, body); }',
    },
    { name: 'reads', code: 'async function f(id) { return Conversation.findById(id).populate("user").lean(); }' },
    {
      name: 'a save of something that is no document',
      code: 'async function f(editor, canvas) { await editor.save(); canvas.save(); }',
    },
    {
      name: 'a lean row has no save',
      code: 'async function f(id) { const row = await Conversation.findById(id).lean(); await row.save(); }',
    },
    {
      name: 'a Map with the methods of a model',
      code: 'const rows = new Map();\nasync function f(id) { rows.delete(id); rows.clear(); await rows.updateOne; }',
    },
    {
      name: '`create` of a class that only looks like a model',
      code: `import { Session } from '../lib/session.js';\nasync function f(body) { await Session.create(body); }`,
    },
    {
      name: 'a document that is saved and invalidated',
      code: 'async function f(id, title) { const row = await Conversation.findById(id); row.title = title; await row.save(); await redis.del(`conversation:${id}`); }',
    },
  ],
  invalid: [
    {
      name: 'a query that is returned',
      code: `function f(id, body) {\n  return Conversation.updateOne({ _id: id }, body);\n}`,
      reports: [{ line: 2, exit: 2 }],
    },
    {
      name: 'a query that is executed',
      code: `async function f(id, body) {\n  await Conversation.findByIdAndUpdate(id, body).populate('user').exec();\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a query in a variable that is awaited',
      code: `async function f(id, body) {\n  const query = Conversation.updateOne({ _id: id }, body);\n  await query;\n}`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'a query with a callback',
      code: `function f(id, body, done) {\n  Conversation.updateOne({ _id: id }, body, (error) => done(error));\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a document that was found',
      code: `async function f(id, title) {\n  const row = await Conversation.findOne({ _id: id });\n  row.title = title;\n  await row.save();\n}`,
      reports: [{ line: 4, exit: -5 }],
    },
    {
      name: 'a document found in another branch',
      code: `async function f(id, title) {\n  let row;\n  row = await Conversation.findById(id).populate('user');\n  await row.save();\n}`,
      reports: [{ line: 4, exit: -5 }],
    },
    {
      name: 'documents of a list',
      code: `async function f(userId) {\n  for (const row of await Conversation.find({ userId })) {\n    await row.deleteOne();\n  }\n}`,
      reports: [{ line: 3, exit: -5 }],
    },
    {
      name: '`mongoose.model` in the same file',
      alone: true,
      code: `${REDIS}import mongoose from 'mongoose';\nconst Chat = mongoose.models.Conversation || mongoose.model('Conversation', schema);\nasync function g(id) { await redis.set(\`chat:\${id}\`, JSON.stringify(await Chat.findById(id))); }\nasync function f(id, body) {\n  await Chat.updateOne({ _id: id }, body);\n}`,
      reports: [{ line: 6, exit: -7, family: 'chat:{id}', at: 4 }],
    },
    {
      name: 'a model by require',
      alone: true,
      code: `const redis = require('../redis');\nconst Conversation = require('../models/Conversation');\nasync function g(id) { await redis.set(\`chat:\${id}\`, JSON.stringify(await Conversation.findById(id))); }\nasync function f(id, body) {\n  await Conversation.updateOne({ _id: id }, body);\n}`,
      reports: [{ line: 5, exit: -6, family: 'chat:{id}', at: 3 }],
    },
    {
      name: 'an injected model',
      alone: true,
      typescript: true,
      code: `class Service {\n  constructor(private readonly conversations: Model<ConversationDocument>, private readonly redis: Redis) {}\n  async read(id: string) { await this.redis.set(\`chat:\${id}\`, JSON.stringify(await this.conversations.findById(id))); }\n  async update(id: string, body: Body) {\n    await this.conversations.updateOne({ _id: id }, body);\n  }\n}`,
      reports: [{ line: 5, exit: -6, family: 'chat:{id}', at: 3 }],
    },
    {
      name: 'a document by its annotation',
      typescript: true,
      code: `async function f(row: HydratedDocument<Conversation>) {\n  await row.save();\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'wrappers that change nothing',
      typescript: true,
      code: `async function f(id: string, body: unknown) {\n  await (Conversation as any)!.updateOne({ _id: id }, body as object);\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
  ],
});

runCases('mongodb', {
  valid: [
    {
      name: 'write and invalidate',
      alone: true,
      code: `${MONGODB}async function f(id, body) { await conversations.updateOne({ id }, body); await redis.del(\`conversation:\${id}\`); }`,
    },
    {
      name: 'another collection',
      alone: true,
      code: `${MONGODB}async function f(db, id, body) { await db.collection('audit').insertOne({ id }); }`,
    },
    {
      name: 'a read',
      alone: true,
      code: `${MONGODB}async function f(id) { return conversations.find({ id }).toArray(); }`,
    },
    {
      name: 'a collection whose name cannot be read',
      alone: true,
      code: `${MONGODB}async function f(db, name) { await db.collection(name).deleteMany({}); }`,
    },
    {
      name: 'an element of the page',
      alone: true,
      code: `${MONGODB}async function f(element) { element.replaceOne({}); }`,
    },
    {
      name: 'an insert where only the row is cached',
      alone: true,
      code: `${MONGODB}async function f(body) { await conversations.insertOne(body); }`,
    },
  ],
  invalid: [
    {
      name: 'a write is sent at once, awaited or not',
      alone: true,
      code: `${MONGODB}async function f(id, body) {\n  conversations.updateOne({ id }, body);\n}`,
      reports: [{ line: 6, exit: -7, entity: 'conversations', at: 4 }],
    },
    {
      name: 'a collection by its name',
      alone: true,
      code: `${MONGODB}const NAME = 'conversations';\nasync function f(db, id) {\n  await db.collection(NAME).deleteOne({ id });\n}`,
      reports: [{ line: 7, exit: -8, entity: 'conversations', at: 4 }],
    },
  ],
});

runCases('Prisma', {
  valid: [
    {
      name: 'write and invalidate',
      alone: true,
      code: `${PRISMA}async function f(id, data) { await db.conversation.update({ where: { id }, data }); await redis.del(\`conversation:\${id}\`); }`,
    },
    {
      name: 'an operation that nobody awaits is never sent',
      alone: true,
      code: `${PRISMA}async function f(id, data) { db.conversation.update({ where: { id }, data }); }`,
    },
    {
      name: 'after a transaction of an array',
      alone: true,
      code: `${PRISMA}async function f(id, data) { await db.$transaction([db.conversation.update({ where: { id }, data }), db.log.create({ data })]); await redis.del(\`conversation:\${id}\`); }`,
    },
    {
      name: 'after a transaction with a callback',
      alone: true,
      code: `${PRISMA}async function f(id, data) { const row = await db.$transaction(async (tx) => { return tx.conversation.update({ where: { id }, data }); }); await redis.del(\`conversation:\${id}\`); return row; }`,
    },
    {
      name: 'another model',
      alone: true,
      code: `${PRISMA}async function f(data) { await db.message.update({ data }); }`,
    },
    {
      name: '`create` where only the row is cached',
      alone: true,
      code: `${PRISMA}async function f(data) { return db.conversation.create({ data }); }`,
    },
    {
      name: 'a client extension that invalidates',
      alone: true,
      code: `${PRISMA}export const client = db.$extends({ query: { conversation: { async update({ args, query }) { const row = await query(args); await redis.del(\`conversation:\${args.where.id}\`); return row; } } } });\nasync function f(id, data) { await db.conversation.update({ where: { id }, data }); }`,
    },
    {
      name: 'something else with an `update`',
      alone: true,
      code: `${PRISMA}async function f(hash, store, data) { hash.digest.update(data); await store.conversation.update(data); }`,
    },
  ],
  invalid: [
    {
      name: 'a transaction of an array',
      alone: true,
      code: `${PRISMA}async function f(id, data) {\n  await db.$transaction([\n    db.conversation.update({ where: { id }, data }),\n    db.log.create({ data }),\n  ]);\n}`,
      reports: [{ line: 7, exit: -10, entity: 'conversation', at: 4 }],
    },
    {
      name: 'the client of a transaction, whatever it is called',
      alone: true,
      code: `${PRISMA}async function f(id, data) {\n  return db.$transaction(async (t) => {\n    await t.conversation.delete({ where: { id } });\n  });\n}`,
      reports: [{ line: 7, exit: 6, entity: 'conversation', at: 4 }],
    },
    {
      name: 'a client known by its name',
      alone: true,
      code: `${REDIS}import { prisma } from '../db.js';\nexport async function read(id) { await redis.set(\`conversation:\${id}\`, JSON.stringify(await prisma.conversation.findUnique({ where: { id } }))); }\nasync function f(id, data) {\n  return prisma.conversation.upsert({ where: { id }, create: data, update: data });\n}`,
      reports: [{ line: 5, exit: 5, entity: 'conversation', at: 3 }],
    },
    {
      name: 'an injected client',
      alone: true,
      typescript: true,
      code: `class Service {\n  constructor(private readonly db: PrismaService, private readonly redis: Redis) {}\n  async read(id: string) { await this.redis.set(\`c:\${id}\`, JSON.stringify(await this.db.conversation.findFirst({ where: { id } }))); }\n  async remove(id: string) {\n    await this.db.conversation.delete({ where: { id } });\n  }\n}`,
      reports: [{ line: 5, exit: -6, entity: 'conversation', family: 'c:{id}', at: 3 }],
    },
  ],
});
