import { runCases } from './key-tester.js';

runCases('what cannot be proven right', {
  valid: [
    {
      name: 'strict: a wrapper is judged by its callers',
      code: `
import { redis } from '../lib/redis.js';
export const put = (key, value) => redis.set(key, value);
export const read = (key) => redis.get(key);`,
      options: [{ unknown: 'report' }],
    },
    {
      name: 'strict: what is stored is shared',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const hit = await redis.get(\`product:\${req.params.id}\`);
  if (hit) return res.json(JSON.parse(hit));
  const row = await Product.findById(req.params.id);
  await redis.set(\`product:\${req.params.id}\`, JSON.stringify(row));
}`,
      options: [{ unknown: 'report' }],
    },
    {
      name: 'strict: counters, expiry and deletes store no value',
      code: `
import { redis } from '../lib/redis.js';
export async function touch(req, res) {
  await redis.incr(\`hits:\${req.ip}\`);
  await redis.expire(\`hits:\${req.ip}\`, 60);
  await redis.del(\`note:\${req.params.id}\`);
}`,
      options: [{ unknown: 'report' }],
    },
    {
      name: 'strict: a declared public key',
      code: `
import { redis } from '../lib/redis.js';
export const save = (data, id) => redis.set(\`note:\${id}\`, data);`,
      options: [{ unknown: 'report', publicKeys: ['note:*'] }],
    },
  ],
  invalid: [
    {
      name: 'strict: nothing shows whose data is stored',
      code: `
import { redis } from '../lib/redis.js';
export async function save(data, id) {
  await redis.set(\`note:\${id}\`, data);
}`,
      options: [{ unknown: 'report' }],
      reports: [
        {
          messageId: 'cannotSeeValue',
          line: 4,
          data: { key: 'note:{id}' },
        },
      ],
    },
    {
      name: 'strict: nothing shows whose data is read',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  res.json(await redis.get(\`note:\${req.params.id}\`));
}`,
      options: [{ unknown: 'report' }],
      reports: [
        {
          messageId: 'cannotSeeValue',
          line: 4,
          data: { key: 'note:{req.params.id}' },
        },
      ],
    },
    {
      name: "strict: the key cannot be read, the value is the user's",
      code: `
import { redis } from '../lib/redis.js';
class Notes extends Scoped {
  async list(userId) {
    await redis.set(this.key('notes'), await Note.find({ userId }));
  }
}`,
      options: [{ unknown: 'report' }],
      reports: [
        {
          messageId: 'cannotSeeKey',
          line: 5,
          data: { key: "{this.key('notes')}", identity: 'userId', effect: 'filters the query', line: '5' },
        },
      ],
    },
    {
      name: 'strict: one of two keys has the user',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const key = req.query.all ? 'notes' : \`notes:\${req.user.id}\`;
  await redis.set(key, await Note.find({ author: req.user.id }));
}`,
      options: [{ unknown: 'report' }],
      reports: [
        {
          messageId: 'cannotSeeKey',
          line: 5,
          data: {
            key: 'notes | notes:{req.user.id}',
            origin: ' (built on line 4)',
            identity: 'req.user.id',
            effect: 'filters the query',
            line: '5',
          },
        },
      ],
    },
    {
      name: 'strict: a response cache, and nothing shows who asks',
      code: `
import Redis from 'ioredis';
const redis = new Redis();
export const cacheResponse = async (req, res, next) => {
  const hit = await redis.get('response:' + req.originalUrl);
  return hit ? res.json(JSON.parse(hit)) : next();
};`,
      options: [{ unknown: 'report' }],
      reports: [
        {
          messageId: 'cannotSeeValue',
          line: 5,
          data: { key: 'response:{req.originalUrl}' },
        },
      ],
    },
  ],
});
