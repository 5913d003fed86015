import { runCases } from './key-tester.js';

runCases('a value that the user selects', {
  valid: [],
  invalid: [
    {
      name: 'the loader filters by the session user, the key holds only the id',
      code: `
import { remember } from './cache.js';
router.get('/notes/:id', requireLogin, async (req, res) => {
  const note = await remember(\`note:\${req.params.id}\`, () =>
    Note.findOne({ _id: req.params.id, author: req.user.id }),
  );
  res.json(note);
});`,
      reports: [
        {
          line: 4,
          data: { key: 'note:{req.params.id}', identity: 'req.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { remember } from './cache.js';
router.get('/notes/:id', requireLogin, async (req, res) => {
  const note = await remember(\`note:\${req.user.id}:\${req.params.id}\`, () =>
    Note.findOne({ _id: req.params.id, author: req.user.id }),
  );
  res.json(note);
});`,
          },
        },
      ],
    },
    {
      name: 'cache-aside: the query of the miss is filtered, the read is its relative',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const key = \`conversation:\${req.params.id}\`;
  const hit = await redis.get(key);
  if (hit) return res.json(JSON.parse(hit));
  const row = await Conversation.findOne({ _id: req.params.id, userId: req.session.userId }).lean();
  await redis.set(key, JSON.stringify(row), 'EX', 600);
  res.json(row);
}`,
      reports: [
        {
          messageId: 'readsUsersEntry',
          line: 5,
          data: { key: 'conversation:{req.params.id}', origin: ' (built on line 4)', line: '8' },
          suggestion: {
            identity: 'req.session.userId',
            output: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const key = \`conversation:\${req.session.userId}:\${req.params.id}\`;
  const hit = await redis.get(key);
  if (hit) return res.json(JSON.parse(hit));
  const row = await Conversation.findOne({ _id: req.params.id, userId: req.session.userId }).lean();
  await redis.set(key, JSON.stringify(row), 'EX', 600);
  res.json(row);
}`,
          },
        },
        {
          line: 8,
          data: {
            key: 'conversation:{req.params.id}',
            origin: ' (built on line 4)',
            identity: 'req.session.userId',
            effect: 'filters the query',
            line: '7',
          },
          suggestion: {
            identity: 'req.session.userId',
            output: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const key = \`conversation:\${req.session.userId}:\${req.params.id}\`;
  const hit = await redis.get(key);
  if (hit) return res.json(JSON.parse(hit));
  const row = await Conversation.findOne({ _id: req.params.id, userId: req.session.userId }).lean();
  await redis.set(key, JSON.stringify(row), 'EX', 600);
  res.json(row);
}`,
          },
        },
      ],
    },
    {
      name: 'read and write spell the key apart, and the user has a name only below the read',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const hit = await redis.get(\`conversation:\${req.params.id}\`);
  if (hit) return res.json(JSON.parse(hit));
  const userId = req.user.id;
  const row = await prisma.conversation.findFirst({ where: { id: req.params.id, userId } });
  await redis.setex('conversation:' + req.params.id, 600, JSON.stringify(row));
  res.json(row);
}`,
      reports: [
        {
          messageId: 'readsUsersEntry',
          line: 4,
          data: { key: 'conversation:{req.params.id}', line: '8' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const hit = await redis.get(\`conversation:\${req.user.id}:\${req.params.id}\`);
  if (hit) return res.json(JSON.parse(hit));
  const userId = req.user.id;
  const row = await prisma.conversation.findFirst({ where: { id: req.params.id, userId } });
  await redis.setex('conversation:' + req.user.id + ':' + req.params.id, 600, JSON.stringify(row));
  res.json(row);
}`,
          },
        },
        {
          line: 8,
          data: {
            key: 'conversation:{req.params.id}',
            identity: 'req.user.id',
            effect: 'filters the query',
            line: '7',
          },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const hit = await redis.get(\`conversation:\${req.user.id}:\${req.params.id}\`);
  if (hit) return res.json(JSON.parse(hit));
  const userId = req.user.id;
  const row = await prisma.conversation.findFirst({ where: { id: req.params.id, userId } });
  await redis.setex('conversation:' + req.user.id + ':' + req.params.id, 600, JSON.stringify(row));
  res.json(row);
}`,
          },
        },
      ],
    },
    {
      name: 'a literal key for a list that is filtered',
      code: `
import { redis } from '../lib/redis.js';
export async function listDrafts(authorId) {
  const drafts = await Draft.find({ authorId });
  await redis.set('drafts', JSON.stringify(drafts));
  return drafts;
}`,
      reports: [
        {
          line: 5,
          data: { key: 'drafts', identity: 'authorId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'authorId',
            output: `
import { redis } from '../lib/redis.js';
export async function listDrafts(authorId) {
  const drafts = await Draft.find({ authorId });
  await redis.set(\`drafts:\${authorId}\`, JSON.stringify(drafts));
  return drafts;
}`,
          },
        },
      ],
    },
  ],
});
