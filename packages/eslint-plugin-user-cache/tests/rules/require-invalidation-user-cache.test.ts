import { runCases } from './invalidation-tester.js';

const READ = `import { Conversation } from '../models/conversation.js';
app.get('/conversations/:id', async (req, res) => {
  res.json(await req.userCache.getOrSet(['conversation', req.params.id], () => Conversation.findOne({ _id: req.params.id })));
});
`;
const advice = (key: string): string =>
  `Wrap the write in \`req.userCache.mutate(${key}, …)\` or call \`invalidate\` after it.`;
const KEY = "['conversation', req.params.id]";

runCases('req.userCache', {
  valid: [
    {
      name: 'mutate wraps the write',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { res.json(await req.userCache.mutate(['conversation', req.params.id], () => Conversation.findOneAndUpdate({ _id: req.params.id }, req.body))); });`,
    },
    {
      name: 'mutate with several keys',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { await req.userCache.mutate([['conversation', req.params.id], ['conversations']], async () => { await Conversation.updateOne({ _id: req.params.id }, req.body); }); });`,
    },
    {
      name: 'mutate with a list of keys that has a name',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { const stale = [['conversation', req.params.id], ['conversations']]; await req.userCache.mutate(stale, async () => { await Conversation.updateOne({ _id: req.params.id }, req.body); }); });`,
    },
    {
      name: 'mutate with a block that returns early',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { await req.userCache.mutate(['conversation'], async () => { await Conversation.updateOne({ _id: req.params.id }, req.body); if (req.body.x) return; await log(); }); });`,
    },
    {
      name: 'writeThrough',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { res.json(await req.userCache.writeThrough(['conversation', req.params.id], () => Conversation.findOneAndUpdate({ _id: req.params.id }, req.body))); });`,
    },
    {
      name: 'invalidate after the write',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { await Conversation.updateOne({ _id: req.params.id }, req.body); await req.userCache.invalidate(['conversation', req.params.id]); res.end(); });`,
    },
    {
      name: 'invalidate by prefix',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { await Conversation.updateOne({ _id: req.params.id }, req.body); await req.userCache.invalidate(['conversation']); res.end(); });`,
    },
    {
      name: 'invalidate of several keys',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { await Conversation.updateOne({ _id: req.params.id }, req.body); await req.userCache.invalidate(['conversations'], ['conversation', req.params.id]); res.end(); });`,
    },
    {
      name: 'invalidateAll',
      alone: true,
      code: `${READ}app.delete('/account', async (req, res) => { await Conversation.deleteMany({}); await req.userCache.invalidateAll(); res.end(); });`,
    },
    {
      name: 'set after the write',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => { const row = await Conversation.findOneAndUpdate({ _id: req.params.id }, req.body); await req.userCache.set(['conversation', req.params.id], row); res.end(); });`,
    },
    {
      name: 'a helper that is handed the cache',
      alone: true,
      typescript: true,
      code: `${READ}async function forget(cache: UserCache, id: string) { await cache.invalidate(['conversation', id]); }\napp.patch('/conversations/:id', async (req, res) => { await Conversation.updateOne({ _id: req.params.id }, req.body); await forget(req.userCache, req.params.id); res.end(); });`,
    },
  ],
  invalid: [
    {
      name: 'a handler without an invalidation: the key as it is written where it is cached',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  const row = await Conversation.findOneAndUpdate({ _id: req.params.id }, req.body);\n  res.json(row);\n});`,
      reports: [
        {
          line: 6,
          exit: -8,
          at: 3,
          family: 'conversation:{req.params.id}',
          advice: advice(KEY),
          suggestion: {
            key: KEY,
            output: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  const row = await Conversation.findOneAndUpdate({ _id: req.params.id }, req.body);\n  await req.userCache.invalidate(${KEY});\n  res.json(row);\n});`,
          },
        },
      ],
    },
    {
      name: 'an id that has another name here: the namespace alone',
      alone: true,
      code: `import { Conversation } from '../models/conversation.js';\napp.get('/c/:id', async (req, res) => { const { id } = req.params; res.json(await req.userCache.getOrSet(['conversation', id], () => Conversation.findById(id))); });\napp.patch('/c/:id', async (req, res) => {\n  await Conversation.updateOne({ _id: req.body.key }, req.body);\n});`,
      reports: [
        {
          line: 4,
          exit: -5,
          at: 2,
          family: 'conversation:{req.params.id}',
          advice: advice("['conversation']"),
          suggestion: {
            key: "['conversation']",
            output: `import { Conversation } from '../models/conversation.js';\napp.get('/c/:id', async (req, res) => { const { id } = req.params; res.json(await req.userCache.getOrSet(['conversation', id], () => Conversation.findById(id))); });\napp.patch('/c/:id', async (req, res) => {\n  await Conversation.updateOne({ _id: req.body.key }, req.body);\n  await req.userCache.invalidate(['conversation']);\n});`,
          },
        },
      ],
    },
    {
      name: 'no suggestion where the write is returned',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  return Conversation.findOneAndUpdate({ _id: req.params.id }, req.body);\n});`,
      reports: [{ line: 6, exit: 6, at: 3, family: 'conversation:{req.params.id}', advice: advice(KEY) }],
    },
    {
      name: 'no suggestion inside a transaction: the row is not committed yet',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  await session.withTransaction(async () => {\n    await Conversation.updateOne({ _id: req.params.id }, req.body);\n  });\n});`,
      reports: [{ line: 7, exit: -9, at: 3, family: 'conversation:{req.params.id}', advice: advice(KEY) }],
    },
    {
      name: 'no suggestion where no request is in scope',
      alone: true,
      code: `${READ}export async function expire() {\n  await Conversation.deleteMany({ expired: true });\n}`,
      reports: [{ line: 6, exit: -7, at: 3, family: 'conversation:{req.params.id}' }],
    },
    {
      name: 'no suggestion for a cache bound to a namespace',
      alone: true,
      code: `import { Conversation } from '../models/conversation.js';\napp.get('/c/:id', async (req, res) => { res.json(await req.userCache.namespace('conversation').getOrSet(['x', req.params.id], () => Conversation.findById(req.params.id))); });\napp.patch('/c/:id', async (req, res) => {\n  await Conversation.updateOne({ _id: req.params.id }, req.body);\n});`,
      reports: [{ line: 4, exit: -5, at: 2, family: 'x:{req.params.id}' }],
    },
    {
      name: 'mutate of another namespace',
      alone: true,
      code: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  await req.userCache.mutate(['profile'], async () => {\n    await Conversation.updateOne({ _id: req.params.id }, req.body);\n  });\n});`,
      reports: [
        {
          messageId: 'otherKey',
          cleared: 'profile',
          line: 7,
          exit: -9,
          at: 3,
          family: 'conversation:{req.params.id}',
          advice: advice(KEY),
          suggestion: {
            key: KEY,
            output: `${READ}app.patch('/conversations/:id', async (req, res) => {\n  await req.userCache.mutate(['profile'], async () => {\n    await Conversation.updateOne({ _id: req.params.id }, req.body);\n    await req.userCache.invalidate(${KEY});\n  });\n});`,
          },
        },
      ],
    },
  ],
});
