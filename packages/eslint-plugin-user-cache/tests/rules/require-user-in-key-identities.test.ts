import { runCases } from './key-tester.js';

runCases('identities of every source', {
  valid: [],
  invalid: [
    {
      name: 'the id comes from a verified token',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const claims = jwt.verify(req.headers.authorization, secret);
  const rows = await Note.find({ author: claims.id });
  await redis.set(\`notes:\${req.query.page}\`, JSON.stringify(rows));
}`,
      reports: [
        {
          line: 6,
          data: { key: 'notes:{req.query.page}', identity: 'claims.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'claims.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const claims = jwt.verify(req.headers.authorization, secret);
  const rows = await Note.find({ author: claims.id });
  await redis.set(\`notes:\${claims.id}:\${req.query.page}\`, JSON.stringify(rows));
}`,
          },
        },
      ],
    },
    {
      name: 'the session comes from a call',
      code: `
import { redis } from '@/lib/redis';
export async function GET() {
  const session = await getServerSession(options);
  const rows = await prisma.note.findMany({ where: { authorId: session.user.id } });
  await redis.set('notes', JSON.stringify(rows));
  return Response.json(rows);
}`,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'session.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'session.user.id',
            output: `
import { redis } from '@/lib/redis';
export async function GET() {
  const session = await getServerSession(options);
  const rows = await prisma.note.findMany({ where: { authorId: session.user.id } });
  await redis.set(\`notes:\${session.user.id}\`, JSON.stringify(rows));
  return Response.json(rows);
}`,
          },
        },
      ],
    },
    {
      name: 'the body holds the verified id',
      code: `
import { redis } from '../lib/redis.js';
export const list = async (req, res) => {
  const rows = await Note.find({ userId: req.body.userId });
  await redis.set(\`notes:\${req.query.page}\`, JSON.stringify(rows));
};`,
      reports: [
        {
          line: 5,
          data: { key: 'notes:{req.query.page}', identity: 'req.body.userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.body.userId',
            output: `
import { redis } from '../lib/redis.js';
export const list = async (req, res) => {
  const rows = await Note.find({ userId: req.body.userId });
  await redis.set(\`notes:\${req.body.userId}:\${req.query.page}\`, JSON.stringify(rows));
};`,
          },
        },
      ],
    },
    {
      name: 'a tenant filters, the key names none',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const rows = await Invoice.find({ organization: req.user.organizationId });
  await redis.set('invoices', JSON.stringify(rows));
}`,
      reports: [
        {
          line: 5,
          data: { key: 'invoices', identity: 'req.user.organizationId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.organizationId',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const rows = await Invoice.find({ organization: req.user.organizationId });
  await redis.set(\`invoices:\${req.user.organizationId}\`, JSON.stringify(rows));
}`,
          },
        },
      ],
    },
    {
      name: "a tenant's key for one user's rows",
      code: `
import { redis } from '../lib/redis.js';
export async function list(workspaceId, userId) {
  const rows = await Task.find({ workspaceId, assignee: userId });
  await redis.set(\`tasks:\${workspaceId}\`, JSON.stringify(rows));
}`,
      reports: [
        {
          line: 5,
          data: { key: 'tasks:{workspaceId}', identity: 'userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'userId',
            output: `
import { redis } from '../lib/redis.js';
export async function list(workspaceId, userId) {
  const rows = await Task.find({ workspaceId, assignee: userId });
  await redis.set(\`tasks:\${userId}:\${workspaceId}\`, JSON.stringify(rows));
}`,
          },
        },
      ],
    },
    {
      name: 'the key has the user who was asked for, the value the one who asked',
      code: `
import { redis } from '../lib/redis.js';
router.get('/people/:userId/photos', async (req, res) => {
  const rows = await Photo.find({ owner: req.params.userId, visibleTo: req.user.id });
  await redis.set(\`photos:\${req.params.userId}\`, JSON.stringify(rows));
});`,
      reports: [
        {
          line: 5,
          data: { key: 'photos:{req.params.userId}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
router.get('/people/:userId/photos', async (req, res) => {
  const rows = await Photo.find({ owner: req.params.userId, visibleTo: req.user.id });
  await redis.set(\`photos:\${req.user.id}:\${req.params.userId}\`, JSON.stringify(rows));
});`,
          },
        },
      ],
    },
    {
      name: 'a role decides the value: there is no id to suggest',
      code: `
import { redis } from '../lib/redis.js';
export async function menu(req, res) {
  const items = await MenuItem.find({ role: req.user.role });
  await redis.set('menu', JSON.stringify(items));
}`,
      reports: [
        {
          line: 5,
          data: { key: 'menu', identity: 'req.user.role', effect: 'filters the query', line: '4' },
        },
      ],
    },
    {
      name: 'this.userId filters',
      code: `
import { redis } from '../lib/redis.js';
class Inbox {
  constructor(userId) {
    this.userId = userId;
  }
  async load() {
    await redis.set('inbox', await Mail.find({ userId: this.userId }));
  }
}`,
      reports: [
        {
          line: 8,
          data: { key: 'inbox', identity: 'this.userId', effect: 'filters the query', line: '8' },
          suggestion: {
            identity: 'this.userId',
            output: `
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
        },
      ],
    },
    {
      name: 'Koa keeps the user in the state',
      code: `
import { redis } from '../lib/redis.js';
router.get('/notes', async (ctx) => {
  ctx.body = await Note.find({ author: ctx.state.user.id });
  const rows = await Note.find({ author: ctx.state.user.id });
  await redis.set('notes', JSON.stringify(rows));
});`,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'ctx.state.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'ctx.state.user.id',
            output: `
import { redis } from '../lib/redis.js';
router.get('/notes', async (ctx) => {
  ctx.body = await Note.find({ author: ctx.state.user.id });
  const rows = await Note.find({ author: ctx.state.user.id });
  await redis.set(\`notes:\${ctx.state.user.id}\`, JSON.stringify(rows));
});`,
          },
        },
      ],
    },
  ],
});
