import { runCases } from './key-tester.js';

const HEAD = `\nimport { redis } from '../lib/redis.js';`;

runCases('keys that come with what was found', {
  valid: [
    {
      name: 'the id of a row that was loaded for the tenant',
      code: `${HEAD}
async function providerOf(organizationId) { return Provider.findOne({ organizationId }); }
export async function clientOf(organizationId) {
  const provider = await providerOf(organizationId);
  const client = await discover(provider);
  await redis.set(\`client:\${provider.id}\`, client);
}`,
    },
    {
      name: 'the rows of a user, each under its own id',
      code: `${HEAD}
export async function warm(userId) {
  const rows = await Note.find({ userId });
  for (const row of rows) await redis.set(\`note:\${row.id}\`, JSON.stringify(row));
}`,
    },
    {
      name: 'another property of the object that names the user',
      code: `${HEAD}
export async function ship(order) {
  await redis.set(\`parcel:\${order.id}\`, await addressOf(order.customerId));
}`,
    },
    {
      name: 'a cache that was looked up by the user',
      code: `
const caches = new Map();
export class Tones {
  cache = new Map();
  put(userId, text) {
    const userCache = this.cache.get(userId);
    userCache.set(text, analyse(userId, text));
  }
}`,
    },
    {
      name: 'an annotated Map of a function',
      typescript: true,
      code: `
export async function group(userId: string) {
  const trades = await Trade.find({ userId });
  const byAsset: Map<string, number> = new Map();
  for (const trade of trades) byAsset.set(trade.asset, total(trades, userId));
  return byAsset;
}`,
    },
    {
      name: 'a row that was loaded on every way, by what was asked for',
      code: `${HEAD}
export async function stats(req, res) {
  const { domain, link } = req.query;
  let workspace;
  if (domain) workspace = await Workspace.byDomain(domain);
  else workspace = await Workspace.byLink(link);
  await redis.set(\`stats:\${JSON.stringify(req.query)}\`, await analytics({ workspaceId: workspace.id }));
}`,
    },
    {
      name: 'the bill of a model provider',
      code: `${HEAD}
export async function intent(message, userId) {
  const answer = await llm.complete(message, { model: 'small', temperature: 0, prompt: message, userId });
  await redis.set(\`intent:\${message}\`, answer);
}`,
    },
    {
      name: 'a controller that hands errors on is no response cache',
      code: `${HEAD}
import { authenticate } from './auth.js';
router.use(authenticate);
export async function company(req, res, next) {
  try {
    const hit = await redis.get(\`company:\${req.params.id}\`);
    if (hit) return res.json(JSON.parse(hit));
    const row = await Company.findById(req.params.id);
    await redis.set(\`company:\${req.params.id}\`, JSON.stringify(row));
    return res.json(row);
  } catch (error) {
    return next(error);
  }
}`,
    },
    {
      name: 'a cursor that is decoded is no session',
      code: `${HEAD}
export async function page(query) {
  const decoded = Pagination.decodeCursor(query.cursor);
  await redis.set(\`mentors:\${JSON.stringify(query)}\`, await Mentor.find({ _id: { $gt: decoded.id } }));
}`,
    },
    {
      name: 'the id that the middleware puts on the request, in the key',
      code: `${HEAD}
export const posts = async (req, res) => redis.set(\`posts:\${req.id}\`, await Post.find({ author: req.id }));`,
    },
    {
      name: 'keys of constants of another module, with and without a user',
      code: `${HEAD}
import { KEYS } from './keys.js';
export const saveGames = (games) => redis.set(KEYS.GAMES, games);
export const saveProfile = (userId, profile) => redis.set(\`\${KEYS.PROFILE}\${userId}\`, profile);`,
    },
    {
      name: 'a random id that only its owner was given',
      code: `${HEAD}
import { v4 as uuid } from 'uuid';
export async function propose(userId) {
  const planId = uuid();
  await redis.set(\`plan:\${planId}\`, await planFor(userId));
}
export async function progress(jobId, userId) {
  await redis.set(\`progress:\${jobId}\`, await progressFor(userId));
}`,
    },
    {
      name: 'React remembers for one render',
      options: [{ unknown: 'report' }],
      code: `
import { memo } from 'react';
export const Card = memo(({ userId }) => render(userId));
const cache = 1;`,
    },
  ],
  invalid: [
    {
      name: 'the id that the middleware puts on the request, in the query only',
      code: `${HEAD}
export async function suggested(req, res) {
  await redis.set('suggested', await User.find({ _id: { $ne: req.id } }));
}`,
      reports: [
        {
          line: 4,
          data: { key: 'suggested', identity: 'req.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.id',
            output: `${HEAD}
export async function suggested(req, res) {
  await redis.set(\`suggested:\${req.id}\`, await User.find({ _id: { $ne: req.id } }));
}`,
          },
        },
      ],
    },
    {
      name: 'a variable that is named after the user, and what it was computed from',
      code: `${HEAD}
export const board = async (req, res) => {
  const rows = await Score.find({ group: req.params.id });
  const currentUser = rows.find((row) => row.user === req.user.id);
  await redis.set(\`board:\${req.params.id}\`, JSON.stringify({ rows, currentUser }));
};`,
      reports: [
        {
          line: 6,
          data: {
            key: 'board:{req.params.id}',
            identity: 'req.user.id',
            effect: 'decides what is in it',
            line: '5',
          },
          suggestion: {
            identity: 'req.user.id',
            output: `${HEAD}
export const board = async (req, res) => {
  const rows = await Score.find({ group: req.params.id });
  const currentUser = rows.find((row) => row.user === req.user.id);
  await redis.set(\`board:\${req.user.id}:\${req.params.id}\`, JSON.stringify({ rows, currentUser }));
};`,
          },
        },
      ],
    },
    {
      name: 'the id of the row that was asked for, of the user who asks',
      code: `${HEAD}
export async function note(req, res) {
  const row = await Note.findOne({ _id: req.params.id, owner: req.user.id });
  await redis.set(\`note:\${req.params.id}\`, JSON.stringify(row));
}`,
      reports: [
        {
          line: 5,
          data: { key: 'note:{req.params.id}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.id',
            output: `${HEAD}
export async function note(req, res) {
  const row = await Note.findOne({ _id: req.params.id, owner: req.user.id });
  await redis.set(\`note:\${req.user.id}:\${req.params.id}\`, JSON.stringify(row));
}`,
          },
        },
      ],
    },
  ],
});

runCases('strict: the function knows a user', {
  valid: [
    {
      name: 'nobody is known',
      options: [{ unknown: 'report' }],
      code: `${HEAD}
export const tools = async () => redis.set('tools', await Tool.find({}));`,
    },
    {
      name: 'recommended says nothing',
      code: `${HEAD}
export async function tools(req, res) {
  if (!req.user.id) return res.sendStatus(401);
  await redis.set('tools', await Tool.find({}));
}`,
    },
    {
      name: 'the key is declared to be public',
      options: [{ unknown: 'report', publicKeys: ['tools'] }],
      code: `${HEAD}
export async function tools(req, res) {
  if (!req.user.id) return res.sendStatus(401);
  await redis.set('tools', await Tool.find({}));
}`,
    },
  ],
  invalid: [
    {
      name: 'what is stored seems to be shared',
      options: [{ unknown: 'report' }],
      code: `${HEAD}
export async function tools(req, res) {
  if (!req.user.id) return res.sendStatus(401);
  await redis.set('tools', await Tool.find({}));
}`,
      reports: [{ line: 5, messageId: 'knowsUser', data: { key: 'tools', identity: 'req.user.id', line: '4' } }],
    },
  ],
});
