import { runCases } from './key-tester.js';

runCases('arguments and conditions that hold the user', {
  valid: [],
  invalid: [
    {
      name: 'an argument of a loader of another module',
      code: `
import { cached } from './cached.js';
class Courses {
  results(courseId, studentId) {
    return cached(\`course:\${courseId}\`, () => loadResults(courseId, studentId));
  }
}`,
      reports: [
        {
          line: 5,
          data: {
            key: 'course:{courseId}',
            identity: 'studentId',
            effect: 'is an argument of the call that loads it',
            line: '5',
          },
          suggestion: {
            identity: 'studentId',
            output: `
import { cached } from './cached.js';
class Courses {
  results(courseId, studentId) {
    return cached(\`course:\${studentId}:\${courseId}\`, () => loadResults(courseId, studentId));
  }
}`,
          },
        },
      ],
    },
    {
      name: 'a loader of the same file filters by its parameter',
      code: `
import { cached } from './cached.js';
async function loadDocument(id, userId) {
  return Document.findOne({ _id: id, userId });
}
export function open(id, userId) {
  return cached(\`document:\${id}\`, () => loadDocument(id, userId));
}`,
      reports: [
        {
          line: 7,
          data: { key: 'document:{id}', identity: 'userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'userId',
            output: `
import { cached } from './cached.js';
async function loadDocument(id, userId) {
  return Document.findOne({ _id: id, userId });
}
export function open(id, userId) {
  return cached(\`document:\${userId}:\${id}\`, () => loadDocument(id, userId));
}`,
          },
        },
      ],
    },
    {
      name: 'the filter is an object that gets the user later',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const filter = {};
  filter.userId = req.user.id;
  const rows = await Note.find(filter);
  await redis.set(\`notes:\${req.query.page}\`, JSON.stringify(rows));
}`,
      reports: [
        {
          line: 7,
          data: {
            key: 'notes:{req.query.page}',
            identity: 'req.user.id',
            effect: 'is an argument of the call that loads it',
            line: '5',
          },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const filter = {};
  filter.userId = req.user.id;
  const rows = await Note.find(filter);
  await redis.set(\`notes:\${req.user.id}:\${req.query.page}\`, JSON.stringify(rows));
}`,
          },
        },
      ],
    },
    {
      name: 'a query builder gets the user as a condition',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const query = repository.createQueryBuilder('note');
  query.where('note.author = :id', { id: req.user.id });
  await redis.set('notes', JSON.stringify(await query.getMany()));
}`,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'req.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  const query = repository.createQueryBuilder('note');
  query.where('note.author = :id', { id: req.user.id });
  await redis.set(\`notes:\${req.user.id}\`, JSON.stringify(await query.getMany()));
}`,
          },
        },
      ],
    },
    {
      name: 'the value comes through then',
      code: `
import { redis } from '../lib/redis.js';
export function list(req, res) {
  Note.find({ author: req.user._id }).then((rows) => {
    redis.set('notes', JSON.stringify(rows));
    res.json(rows);
  });
}`,
      reports: [
        {
          line: 5,
          data: { key: 'notes', identity: 'req.user._id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user._id',
            output: `
import { redis } from '../lib/redis.js';
export function list(req, res) {
  Note.find({ author: req.user._id }).then((rows) => {
    redis.set(\`notes:\${req.user._id}\`, JSON.stringify(rows));
    res.json(rows);
  });
}`,
          },
        },
      ],
    },
    {
      name: 'a query in a tagged template',
      code: `
import { redis } from '../lib/redis.js';
export async function list(userId) {
  const rows = await sql\`select * from notes where user_id = \${userId}\`;
  await redis.set('notes', JSON.stringify(rows));
}`,
      reports: [
        {
          line: 5,
          data: { key: 'notes', identity: 'userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'userId',
            output: `
import { redis } from '../lib/redis.js';
export async function list(userId) {
  const rows = await sql\`select * from notes where user_id = \${userId}\`;
  await redis.set(\`notes:\${userId}\`, JSON.stringify(rows));
}`,
          },
        },
      ],
    },
    {
      name: 'the answer of a model depends on a private conversation',
      code: `
import { cache } from './cache.js';
export async function ask(userId, question) {
  const history = await Message.find({ userId });
  const reply = await llm.chat.completions.create({ model: 'm', messages: [...history, question] });
  await cache.set(\`answer:\${md5(question)}\`, reply);
}`,
      reports: [
        {
          line: 6,
          data: { key: 'answer:{md5(question)}', identity: 'userId', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'userId',
            output: `
import { cache } from './cache.js';
export async function ask(userId, question) {
  const history = await Message.find({ userId });
  const reply = await llm.chat.completions.create({ model: 'm', messages: [...history, question] });
  await cache.set(\`answer:\${userId}:\${md5(question)}\`, reply);
}`,
          },
        },
      ],
    },
    {
      name: 'the updated row was selected by its owner',
      code: `
import { redis } from '../lib/redis.js';
export async function rename(req, res) {
  const filter = { _id: req.params.id, owner: req.user.id };
  const note = await Note.findOneAndUpdate(filter, req.body, { new: true });
  await redis.set(\`note:\${req.params.id}\`, JSON.stringify(note));
}`,
      reports: [
        {
          line: 6,
          data: { key: 'note:{req.params.id}', identity: 'req.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function rename(req, res) {
  const filter = { _id: req.params.id, owner: req.user.id };
  const note = await Note.findOneAndUpdate(filter, req.body, { new: true });
  await redis.set(\`note:\${req.user.id}:\${req.params.id}\`, JSON.stringify(note));
}`,
          },
        },
      ],
    },
  ],
});
