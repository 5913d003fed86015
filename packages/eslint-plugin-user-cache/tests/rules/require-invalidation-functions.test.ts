import { runCases } from './invalidation-tester.js';

const UPDATE = 'await Conversation.updateOne({ _id: id }, body);';
const CLEAR = 'await redis.del(`conversation:${id}`);';
const BUST = `async function bust(id) { ${CLEAR} }\n`;
const SAVE = `async function save(id, body) { ${UPDATE} }\n`;

runCases('functions of the same file', {
  valid: [
    { name: 'a helper that invalidates', code: `${BUST}async function f(id, body) { ${UPDATE} await bust(id); }` },
    {
      name: 'a helper that is declared below',
      code: `async function f(id, body) { ${UPDATE} await bust(id); }\n${BUST}`,
    },
    {
      name: 'a helper in a constant',
      code: `const bust = async (id) => { ${CLEAR} };\nasync function f(id, body) { ${UPDATE} await bust(id); }`,
    },
    {
      name: 'a helper of a helper',
      code: `${BUST}async function bustAll(ids) { for (const id of ids) await bust(id); }\nasync function f(id, body) { ${UPDATE} await bustAll([id]); }`,
    },
    {
      name: 'a helper that leaves early without a cache',
      code: `async function bust(id) { if (!redis) return; ${CLEAR} }\nasync function f(id, body) { ${UPDATE} await bust(id); }`,
    },
    {
      name: 'a helper that takes the key',
      code: 'async function drop(key) { if (redis) await redis.del(key); }\nasync function f(id, body) { await Conversation.updateOne({ _id: id }, body); await drop(`conversation:${id}`); }',
    },
    {
      name: 'a helper that takes many keys',
      code: 'async function drop(...keys) { await redis.del(...keys); }\nasync function f(id, body) { await Conversation.updateOne({ _id: id }, body); await drop(`conversation:${id}`); }',
    },
    {
      name: 'a helper that swallows errors',
      code: `async function bust(id) { try { ${CLEAR} } catch (error) { log(error); } }\nasync function f(id, body) { ${UPDATE} await bust(id); }`,
    },
    {
      name: 'a helper that writes, whose caller invalidates',
      code: `${SAVE}async function f(id, body) { await save(id, body); ${CLEAR} }`,
    },
    {
      name: 'a helper that writes, whose caller leaves when it wrote nothing',
      code: `async function save(id, body) { return Conversation.findByIdAndUpdate(id, body); }\nasync function f(id, body) { const row = await save(id, body); if (!row) return; ${CLEAR} }`,
    },
    {
      name: 'a helper that writes and invalidates',
      code: `async function save(id, body) { ${UPDATE} ${CLEAR} }\nasync function f(id, body) { await save(id, body); }`,
    },
    {
      name: 'an exported helper whose callers in the file invalidate',
      code: `export ${SAVE}export async function f(id, body) { await save(id, body); ${CLEAR} }`,
    },
    {
      name: 'recursion ends and keeps the invalidation',
      code: `async function walk(id, body, depth) { ${UPDATE} if (depth > 0) await walk(id, body, depth - 1); ${CLEAR} }`,
    },
    {
      name: 'two functions that call each other',
      code: `async function even(id, body, n) { ${UPDATE} if (n > 0) await odd(id, body, n - 1); ${CLEAR} }\nasync function odd(id, body, n) { await even(id, body, n); }`,
    },
    {
      name: 'a helper that always throws ends the path',
      code: `function fail() { throw new Error(); }\nasync function f(id, body) { ${UPDATE} if (body.x) fail(); ${CLEAR} }`,
    },
    {
      name: 'private methods of a class',
      code: `class Service { async update(id, body) { ${UPDATE} await this.#bust(id); } async #bust(id) { ${CLEAR} } }`,
    },
    {
      name: 'a method that writes, whose caller in the class invalidates',
      code: `class Service { async rename(id, body) { await this.save(id, body); ${CLEAR} } async save(id, body) { ${UPDATE} } }`,
    },
    {
      name: 'static methods',
      code: `class Service { static async update(id, body) { ${UPDATE} await Service.bust(id); } static async bust(id) { ${CLEAR} } }`,
    },
    {
      name: 'an instance of a class of the file',
      code: `class Keys { async drop(id) { ${CLEAR} } }\nconst keys = new Keys();\nasync function f(id, body) { ${UPDATE} await keys.drop(id); }`,
    },
    {
      name: 'methods of an object',
      code: `const service = { async update(id, body) { ${UPDATE} await this.bust(id); }, async bust(id) { ${CLEAR} } };`,
    },
    {
      name: 'a property of an object',
      code: `const cacheOf = { async bust(id) { ${CLEAR} } };\nasync function f(id, body) { ${UPDATE} await cacheOf.bust(id); }`,
    },
    {
      name: 'class fields that are arrow functions',
      code: `class Controller { bust = async (id) => { ${CLEAR} }; update = async (id, body) => { ${UPDATE} await this.bust(id); }; }`,
    },
    {
      name: 'a helper from elsewhere that is named for invalidating',
      code: `import { invalidateConversation } from './cache-keys.js';\nasync function f(id, body) { ${UPDATE} await invalidateConversation(id); }`,
    },
    {
      name: 'a method from elsewhere that is named for invalidating',
      code: `async function f(service, id, body) { ${UPDATE} await service.bustAll(id); }`,
    },
    {
      name: 'a declared invalidator',
      code: `async function f(hub, id, body) { ${UPDATE} await hub.changed(id); }`,
      settings: { invalidators: ['hub.changed'] },
    },
    {
      name: 'an event that names the entity',
      code: `async function f(bus, id, body) { ${UPDATE} bus.emit('conversation.updated', id); }`,
    },
  ],
  invalid: [
    {
      name: 'a helper that invalidates on one path only',
      code: `async function bust(id, deep) { if (deep) { ${CLEAR} } }\nasync function f(id, body) {\n  ${UPDATE}\n  await bust(id, true);\n}`,
      reports: [{ line: 3, exit: -5 }],
    },
    {
      name: 'a helper that writes, whose callers forget',
      code: `async function save(id, body) {\n  ${UPDATE}\n}\nexport async function f(id, body) {\n  await save(id, body);\n}`,
      reports: [{ line: 2, exit: -6 }],
    },
    {
      name: 'one of two callers forgets',
      code: `async function save(id, body) {\n  ${UPDATE}\n}\nexport async function f(id, body) { await save(id, body); ${CLEAR} }\nexport async function g(id, body) {\n  await save(id, body);\n}`,
      reports: [{ line: 2, exit: -7 }],
    },
    {
      name: 'an exported function that nobody in the file calls',
      code: `export async function save(id, body) {\n  ${UPDATE}\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a method of a class',
      code: `class Service {\n  async update(id, body) {\n    ${UPDATE}\n  }\n}`,
      reports: [{ line: 3, exit: -4 }],
    },
    {
      name: 'an arrow function with an expression for a body',
      code: `export const remove = (id) =>\n  Conversation.deleteOne({ _id: id });`,
      reports: [{ line: 2, exit: -2 }],
    },
    {
      name: 'two functions that only call each other',
      code: `async function even(id, body) {\n  ${UPDATE}\n  await odd(id, body);\n}\nasync function odd(id, body) { if (body.x) await even(id, body); }`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'a function named for something else',
      code: `async function f(res, id, body) {\n  ${UPDATE}\n  clearTimeout(body.timer);\n  res.clearCookie('x');\n}`,
      reports: [{ line: 2, exit: -5 }],
    },
    {
      name: 'an event of another entity',
      code: `async function f(bus, id, body) {\n  ${UPDATE}\n  bus.emit('message.updated', id);\n}`,
      reports: [{ line: 2, exit: -4 }],
    },
  ],
});
