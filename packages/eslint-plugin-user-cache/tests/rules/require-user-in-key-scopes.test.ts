import { runCases } from './key-tester.js';

runCases('what tells users apart', {
  valid: [
    {
      name: 'the key is split over two arguments',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.hset('notes', req.user.id, await Note.find({ author: req.user.id }));
  res.json(await redis.hget('notes', req.user.id));
}`,
    },
    {
      name: 'an e-mail tells users apart',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(
    \`notes:\${req.user.email.toLowerCase()}\`,
    await Note.find({ author: req.user.id }),
  );
}`,
    },
    {
      name: 'a session id and a token do too',
      code: `
import { redis } from '../lib/redis.js';
export async function keep(sessionId, token, userId) {
  await redis.set(\`session:\${sessionId}\`, await User.findById(userId));
  await redis.set(\`token:\${token}\`, await User.findById(userId));
}`,
    },
    {
      name: 'roles in the domain are users',
      code: `
import { redis } from '../lib/redis.js';
export async function plans(learnerId, mentorId) {
  await redis.set(\`plans:\${learnerId}\`, await Plan.find({ learnerId }));
  await redis.set(\`groups:\${mentorId}\`, await Group.find({ mentorId }));
}`,
    },
    {
      name: 'the key of a tenant for rows of the tenant',
      code: `
import { redis } from '../lib/redis.js';
export async function list(workspaceId) {
  await redis.set(\`notes:\${workspaceId}\`, await Note.find({ workspaceId }));
}`,
    },
    {
      name: 'the key of a user for rows of the tenant',
      code: `
import { redis } from '../lib/redis.js';
export async function list(workspaceId, userId) {
  await redis.set(\`notes:\${userId}\`, await Note.find({ workspaceId }));
}`,
    },
    {
      name: 'the role in the key for rows of the role',
      code: `
import { redis } from '../lib/redis.js';
export async function menu(req, res) {
  const { role } = req.user;
  await redis.set(\`menu:\${role}\`, await MenuItem.find({ role }));
}`,
    },
    {
      name: "after a comparison the id of the path is the session's",
      code: `
import { redis } from '../lib/redis.js';
router.get('/people/:userId/photos', async (req, res) => {
  if (req.params.userId !== req.user.id) return res.sendStatus(403);
  await redis.set(\`photos:\${req.params.userId}\`, await Photo.find({ owner: req.user.id }));
});`,
    },
    {
      name: 'warming goes over the users',
      code: `
import { redis } from '../lib/redis.js';
export async function warm(users) {
  for (const user of users) {
    await redis.set(\`notes:\${user.id}\`, await Note.find({ author: user.id }));
  }
}`,
    },
    {
      name: 'an entry by the id of what was loaded',
      code: `
import { redis } from '../lib/redis.js';
export async function person(id) {
  const user = await User.findById(id);
  await redis.set(\`user:\${user.id}\`, JSON.stringify(user));
}`,
    },
    {
      name: 'a field of the instance',
      code: `
import { redis } from '../lib/redis.js';
class Inbox {
  constructor(userId) {
    this.userId = userId;
  }
  async load() {
    await redis.set(\`inbox:\${this.userId}\`, await Mail.find({ userId: this.userId }));
  }
}`,
    },
    {
      name: 'a wrapper of the file gets a scoped key',
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
export const list = (userId) => remember(\`notes:\${userId}\`, 60, () => Note.find({ userId }));`,
    },
    {
      name: 'keys of req.userCache are always scoped',
      code: `
router.get('/notes/:id', async (req, res) => {
  const load = () => Note.findOne({ _id: req.params.id, author: req.user.id });
  res.json(await req.userCache.getOrSet(['note', req.params.id], load));
});`,
    },
    {
      name: 'a user id in a key of req.userCache is not needed and not wrong',
      code: `
router.get('/notes', async (req, res) => {
  await req.userCache
    .namespace('note')
    .set(['list', req.user.id], await Note.find({ author: req.user.id }));
});`,
    },
    {
      name: 'forUser names the owner',
      code: `
import { userCache } from 'express-user-cache';
const cache = userCache({ namespaces: { note: {} } });
export async function warm(userId) {
  await cache.forUser(userId).set(['note', 'list'], await Note.find({ userId }));
  await cache.invalidateUser(userId);
}`,
    },
    {
      name: "one's own profile beside anyone's",
      code: `
import { redis } from '../lib/redis.js';
router.put('/profile', async (req, res) => {
  await redis.set(\`profile:\${req.user.id}\`, req.body.text);
});
router.get('/profiles/:id', async (req, res) => {
  res.json(await redis.get(\`profile:\${req.params.id}\`));
});`,
    },
    {
      name: 'a list for each beside one for all',
      code: `
import { redis } from '../lib/redis.js';
router.get('/scores', async (req, res) => {
  await redis.set(\`scores:\${req.user.id}\`, await Score.find({ player: req.user.id }));
  await redis.set('scores', await Score.find().limit(10));
});`,
    },
  ],
  invalid: [],
});
