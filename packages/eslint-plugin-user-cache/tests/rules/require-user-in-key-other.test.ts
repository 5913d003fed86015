import { runCases } from './key-tester.js';

runCases('values that carry a user, and receivers that are no cache', {
  valid: [
    {
      name: 'a job carries who started it',
      code: `
import { redis } from '../lib/redis.js';
export async function start(userId, jobId) {
  await redis.set(\`job:\${jobId}\`, JSON.stringify({ userId, state: 'queued' }));
}`,
    },
    {
      name: 'a new row has an owner and an id of its own',
      code: `
import { redis } from '../lib/redis.js';
export async function create(req, res) {
  const note = await Note.create({ ...req.body, author: req.user.id });
  await redis.set(\`note:\${note._id}\`, JSON.stringify(note));
}`,
    },
    {
      name: 'an update notes who did it',
      code: `
import { redis } from '../lib/redis.js';
export async function rename(req, res) {
  const note = await prisma.note.update({
    where: { id: req.params.id },
    data: { editedBy: req.user.id },
  });
  await redis.set(\`note:\${req.params.id}\`, JSON.stringify(note));
}`,
    },
    {
      name: 'the author of a loaded row is not the one who asks',
      code: `
import { redis } from '../lib/redis.js';
export async function author(req, res) {
  const post = await Post.findById(req.params.id);
  const user = await User.findById(post.authorId);
  await redis.set(\`post:\${req.params.id}:author\`, JSON.stringify(user));
}`,
    },
    {
      name: 'an id from the path names whom anyone may ask about',
      code: `
import { redis } from '../lib/redis.js';
export async function posts(req, res) {
  const rows = await Post.find({ _id: req.params.postId, author: req.params.userId });
  await redis.set(\`post:\${req.params.postId}\`, JSON.stringify(rows));
}`,
    },
    {
      name: 'a tenant that is only a name nests an entity with an id of its own',
      code: `
import { cached } from './cached.js';
export function task(projectId, taskId) {
  return cached(\`task:\${taskId}\`, () => Task.findOne({ _id: taskId, projectId }));
}`,
    },
    {
      name: 'a site-wide figure for administrators',
      code: `
import { redis } from '../lib/redis.js';
export async function figures(req, res) {
  if (!req.user.isAdmin) return res.sendStatus(403);
  const users = await User.countDocuments();
  await redis.set('figures', JSON.stringify({ users, askedBy: req.user.id, at: Date.now() }));
}`,
    },
    {
      name: 'attempts are counted by address',
      code: `
import { redis } from '../lib/redis.js';
export const limit = async (req, res, next) => {
  const count = await redis.incr(\`limit:\${req.ip}\`);
  if (count === 1) await redis.expire(\`limit:\${req.ip}\`, 60);
  if (count > 100) return res.status(429).json({ error: 'slow down' });
  next();
};
router.use(requireLogin);`,
    },
    {
      name: 'a registry of connections holds their users',
      code: `
const connections = new Map();
server.on('connection', (socket) => {
  connections.set(socket.id, { userId: socket.user.id });
});`,
    },
    {
      name: 'a Map that lives as long as the call',
      code: `
export async function collect(req, ids) {
  const cache = new Map();
  for (const id of ids) cache.set(id, await load(id, req.user.id));
  return cache;
}`,
    },
    {
      name: 'what is not a cache has the same methods',
      code: `
router.get('/notes', async (req, res) => {
  const rows = await Note.find({ author: req.user.id });
  res.set('etag', rows.tag);
  headers.set('owner', rows.owner);
  new URL(req.url).searchParams.set('rows', rows.length);
  db.prepare('select 1').get(req.user.id);
  await axios.get(\`/notes/\${rows.id}\`);
});`,
    },
    {
      name: "another project's query cache",
      code: `
import { queryCache } from './query.js';
queryCache.set('notes', await load(userId));`,
    },
    {
      name: 'a plain object is no cache, whatever it is called',
      code: `
const cache = { get: () => 1, set: () => undefined };
export async function list(req) {
  cache.set('notes', await Note.find({ author: req.user.id }));
}`,
    },
  ],
  invalid: [],
});
