import { runCases } from './invalidation-tester.js';

const UPDATE = 'await Conversation.updateOne({ _id: id }, body);';
const CLEAR = 'await redis.del(`conversation:${id}`);';

runCases('shapes of real code that are no findings', {
  valid: [
    {
      name: 'a conditional spread inside Promise.all',
      code: 'async function f(id, userId, moved, body) { await Conversation.updateOne({ _id: id }, body); await Promise.all([redis.del(`conversation:${id}`), ...(moved ? [redis.del(`conversations:${userId}`)] : [])]); }',
    },
    {
      name: 'Promise.allSettled',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await Promise.allSettled([redis.del(`conversation:${id}`), audit(id)]); }',
    },
    {
      name: 'a pipeline',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await redis.pipeline().del(`conversation:${id}`).exec(); }',
    },
    {
      name: 'deletion by a pattern that was searched for',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); const keys = await redis.keys(`conversation:${id}*`); if (keys.length) await redis.del(...keys); }',
    },
    {
      name: 'deletion by a pattern, array of keys',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); const keys = await redis.keys("conversation:*"); if (keys.length > 0) { await redis.del(keys); } }',
    },
    {
      name: 'a function of the file that invalidates by means that are not recognised',
      code: `async function purge(id) { await fetch('/purge/' + id, { method: 'POST' }); }\nasync function f(id, body) { ${UPDATE} await purge(id); }`,
    },
    {
      name: 'a session, a token and a rate limit under keys that name the entity',
      code: `import { User } from '../models/user.js';\nasync function login(id, token) { await redis.set(\`session:user:\${id}\`, token); await redis.set(\`user:token:\${id}\`, token); await redis.set(\`rate-limit:user:\${id}\`, token); }\nasync function f(id, body) { await User.updateOne({ _id: id }, body); }`,
    },
    {
      name: 'a mark under a key that names the entity',
      code: `import { User } from '../models/user.js';\nasync function ping(id) { await redis.set(\`user:\${id}\`, Date.now()); await redis.set(\`user:\${id}\`, '1'); }\nasync function f(id, body) { await User.updateOne({ _id: id }, body); }`,
    },
    {
      name: 'an element taken out of a cached set',
      code: "import { Member } from '../models/member.js';\nasync function g(id) { for (const row of await Member.find({ id })) await redis.sadd(`members:${id}`, row.userId); }\nasync function f(id, userId) { await Member.deleteOne({ id, userId }); await redis.srem(`members:${id}`, userId); }",
    },
    {
      name: 'a dynamic import',
      code: `async function f(id, body) { ${UPDATE} const { invalidateConversation } = await import('./cache.js'); await invalidateConversation(id); }`,
    },
    { name: 'the invalidation in a nested block', code: `async function f(id, body) { ${UPDATE} { ${CLEAR} } }` },
    {
      name: 'a key in a constant',
      code: 'async function f(id, body) { const key = `conversation:${id}`; await Conversation.updateOne({ _id: id }, body); await redis.del(key); }',
    },
    {
      name: 'a key that is put together',
      code: "async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await redis.del('conversation:' + id); }",
    },
    {
      name: 'a key by join',
      code: "async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await redis.del(['conversation', id].join(':')); }",
    },
    {
      name: 'a key with the id of the row',
      code: 'async function f(id, body) { const row = await Conversation.findByIdAndUpdate(id, body); await redis.del(`conversation:${row._id.toString()}`); return row; }',
    },
    {
      name: 'a key prefix in a constant',
      code: "const PREFIX = 'conversation';\nasync function f(id, body) { await Conversation.updateOne({ _id: id }, body); await redis.del(`${PREFIX}:${id}`); }",
    },
    {
      name: 'several keys in one call',
      code: 'async function f(id, userId, body) { await Conversation.updateOne({ _id: id }, body); await redis.del(`conversations:${userId}`, `conversation:${id}`); }',
    },
    {
      name: 'unlink',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await redis.unlink(`conversation:${id}`); }',
    },
    {
      name: 'two writes, one invalidation',
      code: `async function f(id, body) { ${UPDATE} await Conversation.updateMany({}, body); ${CLEAR} }`,
    },
    {
      name: 'validation that answers 400 before the write',
      code: `async function f(req, res, id) { const body = req.body; if (!body.title) return res.status(400).end(); const row = await Conversation.findOne({ _id: id }); if (!row) return res.status(404).end(); ${UPDATE} ${CLEAR} return res.json(row); }`,
    },
    {
      name: 'next(error) in the catch',
      code: `router.patch('/:id', async (req, res, next) => { const { id } = req.params; const body = req.body; try { ${UPDATE} ${CLEAR} res.end(); } catch (error) { next(error); } });`,
    },
    {
      name: 'a mistake that is thrown when nothing was written',
      code: `async function f(id, body) { const row = await Conversation.findByIdAndUpdate(id, body); if (!row) throw new Error('404'); ${CLEAR} return row; }`,
    },
    {
      name: 'a result that is asked by a call',
      code: `async function f(id, body) { const result = await Conversation.updateOne({ _id: id }, body); if (isEmpty(result)) return null; ${CLEAR} }`,
    },
    {
      name: 'a result that is compared',
      code: `async function f(id, body) { const result = await Conversation.deleteOne({ _id: id }); if (result.deletedCount < 1) return false; ${CLEAR} return true; }`,
    },
    {
      name: 'a document that was not found',
      code: `async function f(id, title) { const row = await Conversation.findById(id); if (!row) return null; row.title = title; await row.save(); ${CLEAR} return row; }`,
    },
    {
      name: 'a conditional write before a common invalidation',
      code: `async function f(id, body) { if (body.title) { ${UPDATE} } else { await Conversation.deleteOne({ _id: id }); } ${CLEAR} }`,
    },
    {
      name: 'a write and its invalidation under the same condition',
      code: `async function f(id, body) { if (body.title) { ${UPDATE} ${CLEAR} } return body; }`,
    },
    {
      name: 'nested try blocks',
      code: `async function f(id, body) { try { ${UPDATE} try { ${CLEAR} } catch (error) { log(error); } return true; } catch (error) { return false; } }`,
    },
    {
      name: 'a loop with a break after the invalidation',
      code: `async function f(ids, body) { for (const id of ids) { ${UPDATE} ${CLEAR} if (body.once) break; } }`,
    },
    { name: 'do … while', code: `async function f(id, body) { do { ${UPDATE} } while (await more()); ${CLEAR} }` },
    {
      name: 'for await',
      code: `async function f(cursor, body) { for await (const { id } of cursor) { ${UPDATE} ${CLEAR} } }`,
    },
    { name: 'a generator', code: `async function* f(id, body) { ${UPDATE} ${CLEAR} yield id; }` },
    {
      name: 'a function without a cache beside it, of another entity',
      code: `import { User } from '../models/user.js';\nasync function f(id, body) { await User.updateOne({ _id: id }, body); }`,
    },
    {
      name: 'Maps, sets, routers, headers, search parameters and statements',
      code: `const seen = new Set(); const names = new Map();\nasync function f(app, headers, url, db, id) { seen.add(id); names.delete(id); app.delete('/x', f); headers.delete('x'); url.searchParams.delete('q'); db.prepare('x').run(id); }`,
    },
    {
      name: 'DOM and file handles with the names of models',
      code: `async function f(form, fs, hash, canvas) { form.remove(); await fs.rename('a', 'b'); hash.update('x'); canvas.save(); }`,
    },
    {
      name: 'a class of the same name as a model',
      code: `class Conversation2 { static async updateOne() {} }\nasync function f(id) { await Conversation2.updateOne({ id }); }`,
    },
    {
      name: 'a local object with a method of a model',
      code: `async function f(id, body) { const api = { async updateOne() {} }; await api.updateOne({ id }, body); }`,
    },
    {
      name: 'the write stands in a function that is only declared inside and settled where it is called',
      code: `async function f(id, body) { const save = async () => { ${UPDATE} }; await save(); ${CLEAR} }`,
    },
    {
      name: 'a queue that is told',
      code: `async function f(queue, id, body) { ${UPDATE} await queue.add('conversation:changed', { id }); }`,
    },
    {
      name: 'revalidateTag of a framework',
      code: `import { revalidateTag } from 'next/cache';\nasync function f(id, body) { ${UPDATE} revalidateTag('conversation'); }`,
    },
    {
      name: 'a cache service of another module',
      code: `async function f(id, body) { ${UPDATE} await this.cacheService.del(\`conversation:\${id}\`); }`,
    },
    {
      name: 'a catch that invalidates too',
      code: `async function f(id, body) { try { ${UPDATE} ${CLEAR} } catch (error) { ${CLEAR} throw error; } }`,
    },
    {
      name: 'a ternary on the cache',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await (redis ? redis.del(`conversation:${id}`) : undefined); }',
    },
    {
      name: 'comma and void',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body), void redis.del(`conversation:${id}`); }',
    },
    {
      name: 'types around everything',
      typescript: true,
      code: 'async function f(this: void, id: string, body: Partial<Row>): Promise<void> { await (Conversation as Model<Row>).updateOne({ _id: id }, body)!; await (redis satisfies Redis).del(`conversation:${id}` as const); }',
    },
    {
      name: 'an enum member for a prefix',
      typescript: true,
      code: "enum Keys { Conversation = 'conversation' }\nasync function f(id: string, body: Row) { await Conversation.updateOne({ _id: id }, body); await redis.del(`${Keys.Conversation}:${id}`); }",
    },
    {
      name: 'an overloaded function without a body',
      typescript: true,
      code: `async function f(id: string): Promise<void>;\nasync function f(id: string, body?: Row): Promise<void> { ${UPDATE} ${CLEAR} }`,
    },
    {
      name: 'an abstract class',
      typescript: true,
      code: `abstract class Base { abstract bust(id: string): Promise<void>; async update(id: string, body: Row) { ${UPDATE} ${CLEAR} } }`,
    },
    { name: 'an empty file', alone: true, code: '' },
  ],
  invalid: [
    {
      name: 'the same shapes without the invalidation',
      code: `router.patch('/:id', async (req, res, next) => {\n  try {\n    await Conversation.updateOne({ _id: req.params.id }, req.body);\n    res.end();\n  } catch (error) { next(error); }\n});`,
      reports: [{ line: 3, exit: -6 }],
    },
  ],
});
