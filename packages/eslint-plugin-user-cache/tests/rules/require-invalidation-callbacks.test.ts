import { runCases } from './invalidation-tester.js';

const UPDATE = 'await Conversation.updateOne({ _id: id }, body);';
const CLEAR = 'await redis.del(`conversation:${id}`);';
const BUST = `async function bust(id) { ${CLEAR} }\n`;

runCases('callbacks', {
  valid: [
    {
      name: '.then(() => invalidate)',
      code: 'function f(id, body) { return Conversation.updateOne({ _id: id }, body).then(() => redis.del(`conversation:${id}`)); }',
    },
    {
      name: '.then(invalidator)',
      code: `${BUST}function f(id, body) { return Conversation.findByIdAndUpdate(id, body).then(bust); }`,
    },
    {
      name: '.finally(() => invalidate)',
      code: 'function f(id, body) { return Conversation.updateOne({ _id: id }, body).finally(() => redis.del(`conversation:${id}`)); }',
    },
    {
      name: 'a swallowed rejection of the invalidation',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); redis.del(`conversation:${id}`).catch(() => {}); }',
    },
    {
      name: 'a transaction around the write, the invalidation after it',
      code: `async function f(session, id, body) { await session.withTransaction(async () => { ${UPDATE} }); ${CLEAR} }`,
    },
    {
      name: 'a transaction that says it changed nothing',
      code: `async function f(session, id, body, res) { const result = await session.withTransaction(async () => { const row = await Conversation.findById(id); if (!row) return { error: 404 }; ${UPDATE} return { row }; }); if (result.error) return res.sendStatus(result.error); ${CLEAR} }`,
    },
    {
      name: 'an immediately invoked function',
      code: `async function f(id, body) { await (async () => { ${UPDATE} })(); ${CLEAR} }`,
    },
    {
      name: 'an unknown function that runs its callback: a lock',
      code: `async function f(id, body) { await withLock(id, async () => { ${UPDATE} }); ${CLEAR} }`,
    },
    {
      name: 'the invalidation inside a retry',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); await retry(() => redis.del(`conversation:${id}`)); }',
    },
    {
      name: 'forEach over the keys',
      code: 'async function f(ids, body) { await Conversation.updateMany({}, body); ids.forEach((id) => redis.del(`conversation:${id}`)); }',
    },
    {
      name: 'Promise.all(ids.map(helper))',
      code: `${BUST}async function f(ids, body) { await Conversation.updateMany({}, body); await Promise.all(ids.map(bust)); }`,
    },
    {
      name: 'setImmediate',
      code: `async function f(id, body) { ${UPDATE} setImmediate(() => redis.del(\`conversation:\${id}\`)); }`,
    },
    {
      name: 'after the commit of the transaction',
      code: `async function f(transaction, id, body) { ${UPDATE} transaction.afterCommit(() => redis.del(\`conversation:\${id}\`)); }`,
    },
    {
      name: 'a handler in asyncHandler',
      code: `router.patch('/:id', asyncHandler(async (req, res) => { const id = req.params.id; const body = req.body; ${UPDATE} ${CLEAR} res.json({}); }));`,
    },
    {
      name: 'a model hook that invalidates',
      code: 'schema.post("save", async (row) => { await redis.del(`conversation:${row.id}`); });\nasync function f(id) { const row = await Conversation.findById(id); row.title = "x"; await row.save(); }',
    },
    {
      name: 'a model hook by name',
      code: `${BUST}schema.post(['updateOne', 'save'], bust);\nasync function f(id, body) { ${UPDATE} }`,
    },
    {
      name: 'middleware of the router that clears on every write',
      code: `router.use(cacheRoutes({ clearOnWrite: 'conversations' }));\nrouter.patch('/:id', async (req, res) => { const { id } = req.params; const body = req.body; ${UPDATE} res.json({}); });`,
    },
    {
      name: 'middleware of the route that invalidates',
      code: `router.patch('/:id', invalidates('conversation'), async (req, res) => { const { id } = req.params; const body = req.body; ${UPDATE} res.json({}); });`,
    },
    {
      name: 'middleware that is handed a named handler',
      code: `async function update(req, res) { await Conversation.updateOne({}, req.body); res.json({}); }\nrouter.patch('/:id', bustCache, update);`,
    },
  ],
  invalid: [
    {
      name: 'an Express handler',
      code: `router.patch('/:id', async (req, res) => {\n  await Conversation.updateOne({ _id: req.params.id }, req.body);\n  res.json({});\n});`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'a handler in asyncHandler',
      code: `router.patch('/:id', asyncHandler(async (req, res) => {\n  await Conversation.updateOne({ _id: req.params.id }, req.body);\n  res.json({});\n}));`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'the invalidation of one handler does not help the other',
      code: `router.patch('/:id', async (req, res) => {\n  await Conversation.updateOne({ _id: req.params.id }, req.body);\n  res.json({});\n});\nrouter.delete('/:id', async (req, res) => { await Conversation.deleteOne({ _id: req.params.id }); await redis.del(\`conversation:\${req.params.id}\`); res.end(); });`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'middleware in front of all routes that has nothing to do with the cache',
      code: `router.use(session({ secret }));\nrouter.patch('/:id', requireUser, async (req, res) => {\n  await Conversation.updateOne({ _id: req.params.id }, req.body);\n  res.json({});\n});`,
      reports: [{ line: 3, exit: -5 }],
    },
    {
      name: 'a transaction without an invalidation',
      code: `async function f(session, id, body) {\n  await session.withTransaction(async () => {\n    ${UPDATE}\n  });\n  return body;\n}`,
      reports: [{ line: 3, exit: 5 }],
    },
    {
      name: 'a write in a loop callback',
      code: `async function f(rows) {\n  await Promise.all(rows.map((row) => Conversation.updateOne({ _id: row.id }, row)));\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a timer is a path of its own',
      code: `setInterval(async () => {\n  await Conversation.deleteMany({ expired: true });\n}, 1000);`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'an event listener is a path of its own',
      code: `async function f(socket, id) {\n  socket.on('rename', async (body) => {\n    ${UPDATE}\n  });\n  ${CLEAR}\n}`,
      reports: [{ line: 3, exit: -4 }],
    },
    {
      name: 'an invalidation in .catch() does not run after a write',
      code: `async function f(id, body) {\n  await Conversation.updateOne({ _id: id }, body).catch(() => redis.del(\`conversation:\${id}\`));\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a write at the top of a module',
      code: `await Conversation.deleteMany({});`,
      reports: [{ line: 1, exit: 0, path: 'when the module ends' }],
    },
    {
      name: 'a function that is kept for later at the top of a module',
      code: `export default defineAction(async (id, body) => {\n  ${UPDATE}\n});`,
      reports: [{ line: 2, exit: -3 }],
    },
  ],
});
