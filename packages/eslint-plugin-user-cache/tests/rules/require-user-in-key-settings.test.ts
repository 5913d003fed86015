import { runCases } from './key-tester.js';

runCases('settings and options', {
  valid: [
    {
      name: 'a key that is declared public',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.query.page}\`, await Note.find({ author: req.user.id }));
}`,
      settings: { publicKeys: ['notes:*'] },
    },
    {
      name: 'an option stands before the setting',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  res.json(await redis.get(\`conversation:\${req.params.id}\`));
}`,
      options: [{ userNamespaces: [] }],
      settings: { userNamespaces: ['conversation'] },
    },
    {
      name: 'options leave the other settings alone',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes', await Note.find({ author: req.user.id }));
}`,
      options: [{ unknown: 'ignore' }],
      settings: { publicKeys: ['notes'] },
    },
    {
      name: 'a declared builder adds the user',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(keys.own.notes(), await Note.find({ author: req.user.id }));
}`,
      settings: { keyBuilders: [{ callee: 'keys.own.*', scope: 'user' }] },
    },
    {
      name: 'a declared namespace with the user in its key',
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  res.json(await redis.get(\`conversation:\${req.user.id}:\${req.params.id}\`));
}`,
      settings: { userNamespaces: ['conversation'] },
    },
    {
      name: 'a trusted source of the project is in the key',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.caller.ref}\`, await Note.find({ author: req.user.id }));
}`,
      settings: { identity: { trusted: ['req.caller.ref'] } },
    },
    {
      name: 'another export of that module',
      code: `
import { disk } from '~/storage';
export async function list(userId) {
  await disk.set('notes', await Note.find({ userId }));
}`,
      settings: { clients: [{ module: '~/storage', export: 'box', like: 'keyv' }] },
    },
    {
      name: 'without the option doubt is not reported',
      code: `
import { redis } from '../lib/redis.js';
export async function save(data, id) {
  await redis.set(\`note:\${id}\`, data);
}`,
    },
  ],
  invalid: [
    {
      name: 'a trusted source of the project filters',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes', await Note.find({ author: req.caller.ref }));
}`,
      settings: { identity: { trusted: ['req.caller.ref'] } },
      reports: [
        {
          line: 4,
          data: { key: 'notes', identity: 'req.caller.ref', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.caller.ref',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.caller.ref}\`, await Note.find({ author: req.caller.ref }));
}`,
          },
        },
      ],
    },
    {
      name: 'a tenant of the project filters',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set('notes', await Note.find({ realm: req.realm }));
}`,
      settings: { identity: { tenant: ['req.realm'] } },
      reports: [
        {
          line: 4,
          data: { key: 'notes', identity: 'req.realm', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.realm',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.realm}\`, await Note.find({ realm: req.realm }));
}`,
          },
        },
      ],
    },
    {
      name: 'an untrusted source in the key is no user',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.account.userId}\`, await Note.find({ author: req.user.id }));
}`,
      settings: { identity: { untrusted: ['req.account.userId'] } },
      reports: [
        {
          line: 4,
          data: { key: 'notes:{req.account.userId}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(\`notes:\${req.user.id}:\${req.account.userId}\`, await Note.find({ author: req.user.id }));
}`,
          },
        },
      ],
    },
    {
      name: 'a client by its name',
      code: `
export async function list(userId) {
  await services.vault.setex('notes', 60, await Note.find({ userId }));
}`,
      settings: { clients: [{ name: '*.vault', like: 'ioredis' }] },
      reports: [
        {
          line: 3,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '3' },
          suggestion: {
            identity: 'userId',
            output: `
export async function list(userId) {
  await services.vault.setex(\`notes:\${userId}\`, 60, await Note.find({ userId }));
}`,
          },
        },
      ],
    },
    {
      name: 'a client by its module and export',
      code: `
import { box } from '~/storage';
export async function list(userId) {
  await box.set('notes', await Note.find({ userId }));
}`,
      settings: { clients: [{ module: '~/storage', export: 'box', like: 'keyv' }] },
      reports: [
        {
          line: 4,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'userId',
            output: `
import { box } from '~/storage';
export async function list(userId) {
  await box.set(\`notes:\${userId}\`, await Note.find({ userId }));
}`,
          },
        },
      ],
    },
    {
      name: 'an operation of the project',
      code: `
export function list(userId) {
  return Store.keep(() => Note.find({ userId }), 'notes');
}`,
      settings: { operations: [{ callee: 'Store.keep', op: 'load', key: 1, loader: 0 }] },
      reports: [
        {
          line: 3,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '3' },
          suggestion: {
            identity: 'userId',
            output: `
export function list(userId) {
  return Store.keep(() => Note.find({ userId }), \`notes:\${userId}\`);
}`,
          },
        },
      ],
    },
    {
      name: 'a declared builder adds nobody',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  await redis.set(keys.notes(req.user.id), await Note.find({ author: req.user.id }));
}`,
      settings: { keyBuilders: [{ callee: 'keys.notes', scope: 'none' }] },
      reports: [
        {
          line: 4,
          data: { key: '{keys.notes(req.user.id)}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
        },
      ],
    },
    {
      name: "a namespace that is declared to be the user's",
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  res.json(await redis.get(\`conversation:\${req.params.id}\`));
}`,
      settings: { userNamespaces: ['conversation'] },
      reports: [
        {
          messageId: 'declaredAsUsers',
          line: 4,
          data: { key: 'conversation:{req.params.id}', name: 'conversation' },
        },
      ],
    },
    {
      name: "a model that is declared to be the user's, as Prisma spells it",
      code: `
import { redis } from '../lib/redis.js';
export async function show(req, res) {
  const row = await prisma.conversation.findUnique({ where: { id: req.params.id } });
  await redis.set(\`c:\${req.params.id}\`, JSON.stringify(row));
}`,
      settings: { userModels: ['Conversation'] },
      reports: [
        {
          messageId: 'declaredAsUsers',
          line: 5,
          data: { key: 'c:{req.params.id}', name: 'conversation' },
        },
      ],
    },
  ],
});
