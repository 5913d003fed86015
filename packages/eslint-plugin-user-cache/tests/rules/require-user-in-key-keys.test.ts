import { runCases } from './key-tester.js';

runCases('keys that hold the user, however they are built', {
  valid: [
    {
      name: 'a template',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.user.id}\`, await Note.find({ author: req.user.id }));
}`,
    },
    {
      name: 'a constant, through destructuring and another name',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const { user } = req;
  const { id: uid } = user;
  const parts = ['notes', uid];
  const key = parts.join(':');
  await redis.set(key, await Note.find({ author: uid }));
}`,
    },
    {
      name: 'concat, join, plus, String, toString, Number',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const rows = await Note.find({ author: req.user.id });
  await redis.set('notes'.concat(':', req.user.id), rows);
  await redis.set(['notes', req.user.id].filter(Boolean).join(':'), rows);
  await redis.set(\`notes:\${String(req.user._id)}\`, rows);
  await redis.set(\`notes:\${req.user._id.toString()}\`, rows);
  await redis.set('notes:' + Number(req.user.id), rows);
}`,
    },
    {
      name: 'format and replace',
      code: `
import { format } from 'node:util';
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const rows = await Note.find({ author: req.user.id });
  await redis.set(format('notes:%s', req.user.id), rows);
  await redis.set('notes:%s'.replace('%s', req.user.id), rows);
}`,
    },
    {
      name: 'a helper of the file whose parameter is only called id',
      code: `
import { redis } from '../lib/redis.js';
const draftKey = (id) => \`draft:\${id}\`;
export async function drafts(authorId) {
  await redis.set(draftKey(authorId), await Draft.find({ authorId }));
}`,
    },
    {
      name: 'a helper that takes an object',
      code: `
import { redis } from '../lib/redis.js';
const keyOf = (namespace, { userId, page }) => \`\${namespace}:\${userId}:\${page}\`;
export async function list(userId, page) {
  await redis.set(keyOf('notes', { userId, page }), await Note.find({ userId }));
}`,
    },
    {
      name: 'an object of helpers in the file',
      code: `
import { redis } from '../lib/redis.js';
const keys = Object.freeze({ notes: (id, page) => ['notes', id, page].join(':') });
export async function list(userId, page) {
  await redis.set(keys.notes(userId, page), await Note.find({ userId }));
}`,
    },
    {
      name: 'an object of helpers of another module: an argument is the user',
      code: `
import { CacheKeys } from './cache-keys.js';
import { redis } from '../lib/redis.js';
export async function cart(customerId) {
  await redis.set(CacheKeys.cart(customerId), await Cart.findOne({ customerId }));
}`,
    },
    {
      name: 'a private method builds the key',
      code: `
import type { Cache } from 'cache-manager';
export class Notes {
  constructor(private readonly store: Cache) {}
  private key(userId: string, page: number) {
    return \`notes:\${userId}:\${page}\`;
  }
  async list(userId: string, page: number) {
    await this.store.set(
      this.key(userId, page),
      await this.repository.find({ where: { userId } }),
      60_000,
    );
  }
}`,
      typescript: true,
    },
    {
      name: 'a method of a class that is not in the file may know the user',
      code: `
import { redis } from '../lib/redis.js';
class Notes extends Scoped {
  async list(userId) {
    await redis.set(this.key('notes'), await Note.find({ userId }));
  }
}`,
    },
    {
      name: 'the key is appended to for those who are logged in',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  let key = 'notes';
  if (req.user?.id) key += \`:\${req.user.id}\`;
  await redis.set(key, await Note.find(req.user ? { author: req.user.id } : { public: true }));
}`,
    },
    {
      name: 'a conditional key: one for all, one for each',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const all = req.query.all === '1';
  const key = all ? 'notes:all' : \`notes:own:\${req.user?.id || 'nobody'}\`;
  await redis.set(key, await Note.find(all ? {} : { author: req.user.id }));
}`,
    },
    {
      name: 'a fallback for those without an account',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const userId = req.user?.id ?? 'anonymous';
  await redis.set(\`notes:\${userId}\`, await Note.find({ userId }));
}`,
    },
    {
      name: 'a hash over all that filters',
      code: `
import { cache } from './cache.js';
export async function search(req, res) {
  const filter = { author: req.user.id, text: req.query.text };
  const key = createHash('sha256').update(JSON.stringify(filter)).digest('hex');
  await cache.set(key, await Note.find(filter));
}`,
    },
  ],
  invalid: [],
});
