import { runCases } from './key-tester.js';

runCases('a response cache behind authentication', {
  valid: [
    {
      name: 'nothing in the file authenticates',
      code: `
import Redis from 'ioredis';
const redis = new Redis();
export const cacheResponse = async (req, res, next) => {
  const hit = await redis.get('response:' + req.originalUrl);
  return hit ? res.json(JSON.parse(hit)) : next();
};`,
    },
    {
      name: 'the user is part of the key',
      code: `
import { redis } from '../lib/redis.js';
export async function cacheResponse(req, res, next) {
  const key = \`response:\${req.user.id}:\${req.originalUrl}\`;
  const hit = await redis.get(key);
  return hit ? res.json(JSON.parse(hit)) : next();
}
router.use(requireAuth);`,
    },
    {
      name: 'those who are logged in pass by',
      code: `
import { redis } from '../lib/redis.js';
export async function cacheResponse(req, res, next) {
  if (req.user) return next();
  const hit = await redis.get(req.originalUrl);
  return hit ? res.json(JSON.parse(hit)) : next();
}
router.use(loadSession, requireAuth);`,
    },
    {
      name: 'the header that authenticates is part of the key',
      code: `
import { redis } from '../lib/redis.js';
export async function cacheResponse(req, res, next) {
  const hit = await redis.get(\`\${req.headers.authorization}:\${req.originalUrl}\`);
  return hit ? res.json(JSON.parse(hit)) : next();
}
router.use(requireAuth);`,
    },
    {
      name: 'a middleware that blocks, not one that answers with what it read',
      code: `
import { redis } from '../lib/redis.js';
export async function blockBanned(req, res, next) {
  const banned = await redis.get(\`ban:\${req.ip}\`);
  if (banned) return next(new Error('banned'));
  next();
}
router.use(requireAuth);`,
    },
    {
      name: 'a handler behind authentication that caches what is public',
      code: `
import { redis } from '../lib/redis.js';
router.get('/products', requireAuth, async (req, res) => {
  const hit = await redis.get(req.originalUrl);
  if (hit) return res.json(JSON.parse(hit));
  const rows = await Product.find({ listed: true });
  await redis.set(req.originalUrl, JSON.stringify(rows));
  res.json(rows);
});`,
    },
  ],
  invalid: [
    {
      name: 'the key is the URL, and the file authenticates its routes',
      code: `
import Redis from 'ioredis';
const redis = new Redis();
const cacheResponse = (ttl) => async (req, res, next) => {
  const key = 'response:' + req.originalUrl;
  const hit = await redis.get(key);
  if (hit) return res.json(JSON.parse(hit));
  const json = res.json.bind(res);
  res.json = (body) => {
    redis.setex(key, ttl, JSON.stringify(body));
    return json(body);
  };
  next();
};
router.get('/account', requireAuth, cacheResponse(60), account);`,
      reports: [
        {
          messageId: 'responseCache',
          line: 6,
          data: { key: 'response:{req.originalUrl}', origin: ' (built on line 5)', line: '15' },
        },
        {
          messageId: 'responseCache',
          line: 10,
          data: { key: 'response:{req.originalUrl}', origin: ' (built on line 5)', line: '15' },
        },
      ],
    },
    {
      name: 'the file reads the session in a handler: its user can be put into the key',
      code: `
import { redis } from '../lib/redis.js';
export async function fromCache(req, res, next) {
  const hit = await redis.get(\`page:\${req.path}\`);
  return hit ? res.send(hit) : next();
}
router.get('/inbox', fromCache, async (req, res) => {
  res.send(await render(req.session.userId));
});`,
      reports: [
        {
          messageId: 'responseCache',
          line: 4,
          data: { key: 'page:{req.path}', line: '8' },
          suggestion: {
            identity: 'req.session.userId',
            output: `
import { redis } from '../lib/redis.js';
export async function fromCache(req, res, next) {
  const hit = await redis.get(\`page:\${req.session.userId}:\${req.path}\`);
  return hit ? res.send(hit) : next();
}
router.get('/inbox', fromCache, async (req, res) => {
  res.send(await render(req.session.userId));
});`,
          },
        },
      ],
    },
    {
      name: 'a literal key in a middleware behind passport',
      code: `
import { redis } from '../lib/redis.js';
export async function dashboardFromCache(req, res, next) {
  const hit = await redis.get('dashboard');
  return hit ? res.json(JSON.parse(hit)) : next();
}
app.use(passport.authenticate('jwt'));`,
      reports: [
        {
          messageId: 'responseCache',
          line: 4,
          data: { key: 'dashboard', line: '7' },
        },
      ],
    },
  ],
});
