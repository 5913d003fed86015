import { runCases } from './key-tester.js';

runCases('keys that are followed and hold no user', {
  valid: [],
  invalid: [
    {
      name: 'a wrapper of the file gets a key without the user',
      code: `
import Redis from 'ioredis';
const redis = new Redis();
async function remember(key, ttl, load) {
  const hit = await redis.get(key);
  if (hit) return JSON.parse(hit);
  const value = await load();
  await redis.setex(key, ttl, JSON.stringify(value));
  return value;
}
export const list = (userId) => remember('notes', 60, () => Note.find({ userId }));`,
      reports: [
        {
          line: 11,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '11' },
          suggestion: {
            identity: 'userId',
            output: `
import Redis from 'ioredis';
const redis = new Redis();
async function remember(key, ttl, load) {
  const hit = await redis.get(key);
  if (hit) return JSON.parse(hit);
  const value = await load();
  await redis.setex(key, ttl, JSON.stringify(value));
  return value;
}
export const list = (userId) => remember(\`notes:\${userId}\`, 60, () => Note.find({ userId }));`,
          },
        },
      ],
    },
    {
      name: 'a method of the file adds a prefix',
      code: `
import Redis from 'ioredis';
class Store {
  client = new Redis();
  async put(key, value) {
    await this.client.set('app:' + key, JSON.stringify(value));
  }
  async list(userId) {
    await this.put('notes', await Note.find({ userId }));
  }
}`,
      reports: [
        {
          line: 9,
          data: {
            key: 'app:notes',
            origin: ' (built on line 6)',
            identity: 'userId',
            effect: 'filters the query',
            line: '9',
          },
          suggestion: {
            identity: 'userId',
            output: `
import Redis from 'ioredis';
class Store {
  client = new Redis();
  async put(key, value) {
    await this.client.set('app:' + key, JSON.stringify(value));
  }
  async list(userId) {
    await this.put(\`notes:\${userId}\`, await Note.find({ userId }));
  }
}`,
          },
        },
      ],
    },
    {
      name: 'a helper of the file gets something else',
      code: `
import { redis } from '../lib/redis.js';
const draftKey = (id) => \`draft:\${id}\`;
export async function drafts(authorId, folder) {
  await redis.set(draftKey(folder), await Draft.find({ authorId, folder }));
}`,
      reports: [
        {
          line: 5,
          data: {
            key: 'draft:{folder}',
            origin: ' (built on line 3)',
            identity: 'authorId',
            effect: 'filters the query',
            line: '5',
          },
        },
      ],
    },
    {
      name: 'an object of helpers of another module: no argument is the user',
      code: `
import { CacheKeys } from './cache-keys.js';
import { redis } from '../lib/redis.js';
export async function cart(customerId, cartId) {
  await redis.set(CacheKeys.cart(cartId), await Cart.findOne({ customerId, _id: cartId }));
}`,
      reports: [
        {
          line: 5,
          data: { key: '{CacheKeys.cart(cartId)}', identity: 'customerId', effect: 'filters the query', line: '5' },
        },
      ],
    },
    {
      name: 'a member of an enum',
      code: `
import { redis } from '../lib/redis.js';
enum Keys {
  Notes = 'notes',
}
export async function list(req: Request, res: Response) {
  await redis.set(Keys.Notes, await Note.find({ author: req.user!.id }));
}`,
      typescript: true,
      reports: [
        {
          line: 7,
          data: { key: 'notes', identity: 'req.user.id', effect: 'filters the query', line: '7' },
          suggestion: {
            identity: 'req.user!.id',
            output: `
import { redis } from '../lib/redis.js';
enum Keys {
  Notes = 'notes',
}
export async function list(req: Request, res: Response) {
  await redis.set(\`\${req.user!.id}:\${Keys.Notes}\`, await Note.find({ author: req.user!.id }));
}`,
          },
        },
      ],
    },
    {
      name: 'concat of the path',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes'.concat(':', req.params.folder), await Note.find({ author: req.user.id }));
}`,
      reports: [
        {
          line: 4,
          data: { key: 'notes:{req.params.folder}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
        },
      ],
    },
    {
      name: 'join of the path',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(['notes', req.params.folder].join('/'), await Note.find({ author: req.user.id }));
}`,
      reports: [
        {
          line: 4,
          data: { key: 'notes/{req.params.folder}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
        },
      ],
    },
    {
      name: 'a sum of the path',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes-' + req.params.folder, await Note.find({ author: req.user.id }));
}`,
      reports: [
        {
          line: 4,
          data: { key: 'notes-{req.params.folder}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes-' + req.user.id + '-' + req.params.folder, await Note.find({ author: req.user.id }));
}`,
          },
        },
      ],
    },
    {
      name: 'a bare id in a Map of the module',
      code: `
const documents = new Map();
export async function open(documentId, userId) {
  if (documents.has(documentId)) return documents.get(documentId);
  const row = await db.query('select * from documents where id = $1 and owner = $2', [
    documentId,
    userId,
  ]);
  documents.set(documentId, row);
  return row;
}`,
      reports: [
        {
          messageId: 'readsUsersEntry',
          line: 4,
          data: { key: '{documentId}', line: '9' },
          suggestion: {
            identity: 'userId',
            output: `
const documents = new Map();
export async function open(documentId, userId) {
  if (documents.has(\`\${userId}:\${documentId}\`)) return documents.get(\`\${userId}:\${documentId}\`);
  const row = await db.query('select * from documents where id = $1 and owner = $2', [
    documentId,
    userId,
  ]);
  documents.set(\`\${userId}:\${documentId}\`, row);
  return row;
}`,
          },
        },
        {
          line: 9,
          data: {
            key: '{documentId}',
            identity: 'userId',
            effect: 'is an argument of the call that loads it',
            line: '7',
          },
          suggestion: {
            identity: 'userId',
            output: `
const documents = new Map();
export async function open(documentId, userId) {
  if (documents.has(\`\${userId}:\${documentId}\`)) return documents.get(\`\${userId}:\${documentId}\`);
  const row = await db.query('select * from documents where id = $1 and owner = $2', [
    documentId,
    userId,
  ]);
  documents.set(\`\${userId}:\${documentId}\`, row);
  return row;
}`,
          },
        },
      ],
    },
    {
      name: 'the same entry is kept for each user elsewhere in the file',
      code: `
import { redis } from '../lib/redis.js';
router.put('/notes/:id', async (req, res) => {
  await redis.set(\`note:\${req.user.id}:\${req.params.id}\`, req.body.text);
});
router.get('/notes/:id', async (req, res) => {
  res.json(await redis.get(\`note:\${req.params.id}\`));
});`,
      reports: [
        {
          messageId: 'scopedElsewhere',
          line: 7,
          data: { key: 'note:{req.params.id}', line: '4', other: 'note:{req.user.id}:{req.params.id}' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
router.put('/notes/:id', async (req, res) => {
  await redis.set(\`note:\${req.user.id}:\${req.params.id}\`, req.body.text);
});
router.get('/notes/:id', async (req, res) => {
  res.json(await redis.get(\`note:\${req.user.id}:\${req.params.id}\`));
});`,
          },
        },
      ],
    },
  ],
});
