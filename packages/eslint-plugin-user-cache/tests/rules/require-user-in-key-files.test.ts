import { runCases } from './key-tester.js';

runCases('files of every kind', {
  valid: [
    {
      name: 'an empty file',
      code: `
`,
    },
    {
      name: 'a file without a cache',
      code: `
export async function list(req, res) {
  res.json(await Note.find({ author: req.user.id }));
}`,
    },
    {
      name: 'variables without a value',
      code: `
let c;
let key;
const redis = require('./redis');
redis.get(c);
redis.set(key, c);`,
    },
    {
      name: 'no arguments at all',
      code: `
import { redis } from '../lib/redis.js';
redis.get();
redis.set();
redis.del(...keys);
redis.set(...pair);
remember();`,
    },
    {
      name: 'names of Object.prototype',
      code: `
import { redis } from '../lib/redis.js';
const toString = 'x';
redis.toString(constructor);
redis.constructor('x');
redis.set(toString, hasOwnProperty);
redis.set(\`\${__proto__}\`, valueOf());
redis['__proto__']('x');`,
    },
    {
      name: 'variables that name each other',
      code: `
import { redis } from '../lib/redis.js';
var a = b;
var b = a;
const self = () => self();
redis.get(a);
redis.set(self(), self);
a.get('x');
self().set('x', 1);`,
    },
    {
      name: 'holes in arrays and computed names',
      code: `
import { redis } from '../lib/redis.js';
redis[method]([, 'x'].join(':'), 1);
redis?.['set']?.([, ,].join(), [, 1]);
const [, second] = pair;
redis.set(\`k:\${second}\`, second);`,
    },
    {
      name: 'classes, generators, labels and private names',
      code: `
import { redis } from '../lib/redis.js';
class Cache {
  static #store = new Map();
  static {
    Cache.#store.set('x', 1);
  }
  *[Symbol.iterator]() {
    yield* Cache.#store.get('x');
  }
}
loop: for (const x of new Cache()) {
  redis.set(\`x:\${x}\`, x);
  break loop;
}`,
    },
    {
      name: 'a hundred keys in one expression',
      code: `
import { redis } from '../lib/redis.js';
const part = (n) => (n > 1 ? 'a' : n > 2 ? 'b' : n > 3 ? 'c' : 'd');
redis.set(
  part(1) + part(2) + part(3) + part(4) + part(5) + part(6),
  await Note.find({ author: userId }),
);`,
    },
  ],
  invalid: [
    {
      name: 'optional calls, non-null assertions and casts change nothing',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req: Request, res: Response) {
  const rows = (await Note.find({ author: req.user!.id })) as unknown as Note[];
  await redis?.set('notes' as const satisfies string, JSON.stringify(rows)!);
}`,
      typescript: true,
      reports: [
        {
          line: 5,
          data: { key: 'notes', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user!.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req: Request, res: Response) {
  const rows = (await Note.find({ author: req.user!.id })) as unknown as Note[];
  await redis?.set(\`notes:\${req.user!.id}\` as const satisfies string, JSON.stringify(rows)!);
}`,
          },
        },
      ],
    },
    {
      name: 'CommonJS',
      code: `
const { createClient } = require('redis');
const client = createClient().on('error', log);
module.exports.list = async (request, response) => {
  const rows = await Note.find({ author: request.session.user.id });
  await client.setEx('notes', 60, JSON.stringify(rows));
};`,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'req.session.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'request.session.user.id',
            output: `
const { createClient } = require('redis');
const client = createClient().on('error', log);
module.exports.list = async (request, response) => {
  const rows = await Note.find({ author: request.session.user.id });
  await client.setEx(\`notes:\${request.session.user.id}\`, 60, JSON.stringify(rows));
};`,
          },
        },
      ],
    },
    {
      name: 'commands in upper case, and in a chain',
      code: `
import { createClient } from 'redis';
const client = await createClient().connect();
export async function list(userId) {
  const rows = await Note.find({ userId });
  await client.SET('notes', rows);
  await client.multi().set('notes', rows).exec();
}`,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'userId',
            output: `
import { createClient } from 'redis';
const client = await createClient().connect();
export async function list(userId) {
  const rows = await Note.find({ userId });
  await client.SET(\`notes:\${userId}\`, rows);
  await client.multi().set(\`notes:\${userId}\`, rows).exec();
}`,
          },
        },
        {
          line: 7,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'userId',
            output: `
import { createClient } from 'redis';
const client = await createClient().connect();
export async function list(userId) {
  const rows = await Note.find({ userId });
  await client.SET(\`notes:\${userId}\`, rows);
  await client.multi().set(\`notes:\${userId}\`, rows).exec();
}`,
          },
        },
      ],
    },
  ],
});
