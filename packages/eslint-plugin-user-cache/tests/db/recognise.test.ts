import * as typescriptParser from '@typescript-eslint/parser';
import { Linter, type Rule } from 'eslint';
import { describe, expect, it } from 'vitest';
import { analysisOf } from '../../src/analysis.js';
import { mayWrite, recogniseDbCall } from '../../src/db/recognise.js';

interface Found {
  /** `library effect entity.method`, and `list` where rows are added or listed. */
  readonly calls: readonly string[];
  readonly mayWrite: boolean;
}

function recognise(code: string, settings: object = {}): Found {
  const calls: string[] = [];
  let may = false;
  const rule: Rule.RuleModule = {
    create(context) {
      const analysis = analysisOf(context);
      may = mayWrite(analysis);
      return {
        CallExpression(node) {
          const call = recogniseDbCall(node, analysis);
          if (!call) return;
          expect(recogniseDbCall(node, analysis)).toBe(call);
          calls.push(`${call.library} ${call.effect} ${call.entity}.${call.method}${call.ofList ? ' list' : ''}`);
        },
      };
    },
  };
  const messages = new Linter().verify(code, [
    {
      plugins: { test: { rules: { rule } } },
      rules: { 'test/rule': 'error' },
      languageOptions: { parser: typescriptParser },
      settings: { 'user-cache': settings },
    },
  ]);
  expect(messages).toEqual([]);
  return { calls, mayWrite: may };
}

const MONGOOSE_WRITE = ['mongoose write Conversation.updateOne'];

describe('mongoose models', () => {
  it.each([
    ['a default import from a models module', `import Conversation from '../models/conversation.js';`],
    ['a named import from a models module', `import { Conversation } from './models/index.js';`],
    ['an import under another name', `import { Conversation as Chat } from '../models/x.js';`, 'Chat'],
    ['a name with a suffix', `import { ConversationModel } from '@/models/conversation';`, 'ConversationModel'],
    ['a file named after the model', `import { Conversation } from './conversation.model.js';`],
    ['a capitalised import, by a method that only models have', `import { Conversation } from '../conversation.js';`],
    ['require', `const Conversation = require('../models/Conversation');`],
    ['a destructured require', `const { Conversation } = require('../models');`],
    ['mongoose.model', `import mongoose from 'mongoose'; const C = mongoose.model('Conversation', schema);`, 'C'],
    ['model of mongoose', `import { model } from 'mongoose'; const C = model('Conversation', schema);`, 'C'],
    ['a connection', `const C = connection.model('Conversation');`, 'C'],
    [
      'the model that may exist already',
      `const C = mongoose.models.Conversation || mongoose.model('Conversation', s);`,
      'C',
    ],
    ['a namespace of models', `import * as models from '../models/index.js';`, 'models.Conversation'],
    ['a model by its type', `declare const chats: Model<IConversation>;`, 'chats'],
    ['a model in a call', '', `mongoose.model('Conversation')`],
    ['a cast', `import { Conversation } from '../models/x.js';`, '(Conversation as any)'],
  ])('%s', (_name, before, receiver = 'Conversation') => {
    expect(recognise(`${before} async () => { await ${receiver}.updateOne({}, {}); };`).calls).toEqual(MONGOOSE_WRITE);
  });

  it.each([
    [
      'an injected model',
      `class S { constructor(private readonly chats: Model<Conversation>) {} async f() { await this.chats.updateOne({}); } }`,
    ],
    [
      'a field with a type',
      `class S { chats: Model<ConversationDocument>; async f() { await this.chats.updateOne({}); } }`,
    ],
    [
      'a field that the constructor fills',
      `class S { constructor() { this.chats = mongoose.model('Conversation'); } async f() { await this.chats.updateOne({}); } }`,
    ],
    [
      'a field with a value',
      `class S { chats = mongoose.model('Conversation'); async f() { await this.chats.updateOne({}); } }`,
    ],
  ])('%s', (_name, code) => {
    expect(recognise(code).calls.filter((call) => call.includes('write'))).toEqual(MONGOOSE_WRITE);
  });

  it.each([
    ['a lower-case import', `import { conversation } from '../models/x.js'; await conversation.updateOne({});`],
    ['a package', `import { Client } from 'some-package'; await Client.deleteOne({});`],
    ['`create` of a class from somewhere', `import { Session } from '../session.js'; await Session.create({});`],
    ['a global', `await Thing.updateOne({});`],
    ['a class of the file', `class Conversation {} await Conversation.updateOne({});`],
    ['a Map', `const Conversation = new Map(); await Conversation.deleteOne({});`],
    [
      'prototype names',
      `import { toString } from '../models/x.js'; toString.hasOwnProperty('x'); toString.constructor();`,
    ],
    ['a computed method', `import { Conversation } from '../models/x.js'; await Conversation[name]({});`],
    ['variables that assign each other', `let a = b; let b = a; await a.updateOne({});`],
  ])('not %s', (_name, code) => {
    expect(recognise(code).calls).toEqual([]);
  });
});

describe('mongoose documents', () => {
  const MODEL = `import { Conversation } from '../models/conversation.js';`;
  it.each([
    ['a new one is added', 'const c = new Conversation({}); await c.save();', 'save list'],
    ['a new one in one expression', 'await new Conversation({}).save();', 'save list'],
    ['one that was found', 'const c = await Conversation.findById(1); await c.save();', 'save'],
    [
      'one that was found further down a chain',
      'const c = await Conversation.findOne({}).populate("x").exec(); await c.save();',
      'save',
    ],
    ['one that was found in the same expression', 'await (await Conversation.findById(1)).deleteOne();', 'deleteOne'],
    ['one of a list', 'const [c] = await Conversation.find({}); await c.save();', 'save'],
    ['one that is assigned later', 'let c; c = await Conversation.findById(1); await c.save();', 'save'],
    ['found or new', 'const c = (await Conversation.findOne({})) ?? new Conversation({}); await c.save();', 'save'],
  ])('%s', (_name, code, method) => {
    expect(recognise(`${MODEL} async () => { ${code} };`).calls).toContain(`mongoose write Conversation.${method}`);
  });

  it('are not what a lean query resolves to', () => {
    const { calls } = recognise(`${MODEL} const c = await Conversation.findById(1).lean(); await c.save();`);
    expect(calls).toEqual(['mongoose read Conversation.findById']);
  });
});

describe('lazy queries', () => {
  const MODEL = `import { Conversation } from '../models/conversation.js';`;
  it.each([
    ['awaited', 'await Conversation.updateOne({});'],
    ['returned', 'return Conversation.updateOne({});'],
    ['executed', 'Conversation.updateOne({}).exec();'],
    ['chained and awaited', 'await Conversation.updateOne({}).session(s);'],
    ['with then', 'Conversation.updateOne({}).then(done);'],
    ['in an array', 'await Promise.all([Conversation.updateOne({})]);'],
    ['as an argument', 'run(Conversation.updateOne({}));'],
    ['in a variable that is read', 'const q = Conversation.updateOne({}); await q;'],
    ['with a callback', 'Conversation.updateOne({}, () => {});'],
    ['in a conditional expression', 'await (x ? Conversation.updateOne({}) : null);'],
  ])('run when %s', (_name, code) => {
    expect(recognise(`${MODEL} async () => { ${code} };`).calls).toEqual(MONGOOSE_WRITE);
  });

  it.each([
    ['as statements', 'Conversation.updateOne({});'],
    ['behind void', 'void Conversation.updateOne({});'],
    ['refined but not sent', 'Conversation.updateOne({}).session(s);'],
    ['in a variable that nobody reads', 'const q = Conversation.updateOne({});'],
  ])('write nothing %s', (_name, code) => {
    expect(recognise(`${MODEL} async () => { ${code} };`).calls).toEqual([]);
  });
});

describe('mongodb and Prisma', () => {
  it.each([
    [
      'a collection in a constant',
      `const chats = db.collection('chats'); chats.updateOne({}, {});`,
      'mongodb write chats.updateOne',
    ],
    ['a collection in the call', `db.collection('chats').insertOne({});`, 'mongodb write chats.insertOne list'],
    ['a typed collection', `declare const c: Collection<Chat>; c.deleteOne({});`, 'mongodb write Chat.deleteOne'],
    ['a name in a constant', `const NAME = 'chats'; db.collection(NAME).drop();`, 'mongodb write chats.drop'],
    ['a list', `db.collection('chats').find({});`, 'mongodb read chats.find list'],
    [
      'an awaited collection',
      `const c = await getCollection('chats'); c.replaceOne({}, {});`,
      'mongodb write chats.replaceOne',
    ],
    ['a client of the file', `const p = new PrismaClient(); await p.chat.update({});`, 'prisma write chat.update'],
    [
      'an extended client',
      `const p = new PrismaClient().$extends(x); await p.chat.update({});`,
      'prisma write chat.update',
    ],
    ['a client by its type', `declare const p: PrismaClient; await p.chat.delete({});`, 'prisma write chat.delete'],
    ['a client by its name', `await prisma.chat.upsert({});`, 'prisma write chat.upsert'],
    [
      'a client in a field',
      `class S { prisma; async f() { await this.prisma.chat.createMany({}); } }`,
      'prisma write chat.createMany list',
    ],
    [
      'a common name with Prisma’s arguments',
      `await ctx.db.chat.update({ where: {}, data: {} });`,
      'prisma write chat.update',
    ],
    [
      'the client of a transaction',
      `await x.$transaction(async (t) => { await t.chat.update({}); });`,
      'prisma write chat.update',
    ],
    [
      'the type of a transaction',
      `async (t: Prisma.TransactionClient) => { await t.chat.update({}); };`,
      'prisma write chat.update',
    ],
  ])('%s', (_name, code, call) => {
    expect(recognise(code).calls).toEqual([call]);
  });

  it.each([
    ['a collection whose name cannot be read', `db.collection(name).updateOne({});`],
    ['a common name without Prisma’s arguments', `await db.chat.update(row);`],
    ['an operation that nobody awaits', `prisma.chat.update({});`],
    ['a method that Prisma does not have', `await prisma.chat.rename({});`],
    ['a router and its like', `router.delete('/x', f); headers.delete('x'); hash.update('x');`],
  ])('not %s', (_name, code) => {
    expect(recognise(code).calls).toEqual([]);
  });
});

describe('settings and the gate', () => {
  it('takes a declared writer by its dotted name', () => {
    const settings = { writers: [{ callee: 'chats.*', entity: 'Chat' }] };
    const { calls } = recognise('chats.rename(1); this.chats.rename(1); xchats.rename(1); chats.a.b();', settings);
    expect(calls).toEqual(['settings write Chat.rename', 'settings write Chat.rename']);
  });

  it('passes over a file that names no method that writes', () => {
    expect(recognise('const x = 1; find(x);').mayWrite).toBe(false);
    expect(recognise('x.updateOne();').mayWrite).toBe(true);
    expect(recognise('const x = 1;', { writers: [{ callee: 'x', entity: 'X' }] }).mayWrite).toBe(true);
  });
});
