import { runCases } from './key-tester.js';

runCases('a value that is shared, by a function that knows the user', {
  valid: [
    {
      name: "the handler checks who asks, the list is everybody's",
      code: `
import { redis } from '../lib/redis.js';
export async function listModels(req, res) {
  if (!req.user?.id) return res.sendStatus(401);
  const hit = await redis.get(Keys.MODELS);
  if (hit) return res.json(JSON.parse(hit));
  const models = await Model.find({ enabled: true });
  await redis.set(Keys.MODELS, JSON.stringify(models));
  await audit(req.user.id, 'models');
  res.json(models);
}`,
    },
    {
      name: 'the private part is merged after the cached read',
      code: `
import { cached } from './cached.js';
export async function openCourse(id, studentId) {
  const course = await cached(\`course:\${id}\`, () => Course.findById(id));
  return { ...course, mark: await Mark.findOne({ course: id, studentId }) };
}`,
    },
    {
      name: 'the private part is added to the variable after it was stored',
      code: `
import { redis } from '../lib/redis.js';
export async function openCourse(req, res) {
  const key = \`course:\${req.params.id}\`;
  let course = JSON.parse(await redis.get(key));
  if (!course) {
    course = await Course.findById(req.params.id).lean();
    await redis.set(key, JSON.stringify(course));
  }
  course.mark = await Mark.findOne({ student: req.user.id });
  res.json(course);
}`,
    },
    {
      name: 'fields are computed for the viewer after the list was stored',
      code: `
import { redis } from '../lib/redis.js';
export async function recent(req, res) {
  const posts = await Post.find();
  await redis.set('recent', JSON.stringify(posts));
  posts.forEach((post) => {
    post.own = post.author === req.user.id;
  });
  res.json(posts.filter((post) => post.author !== req.user.id));
}`,
    },
    {
      name: 'the user pays for it',
      code: `
import { cached } from './cached.js';
export async function summarise(accountId, text, language) {
  await charge(accountId, text.length);
  return cached(\`summary:\${sha256(text + language)}\`, () => engine(text, language));
}`,
    },
    {
      name: 'a provider is told the user for its own records',
      code: `
import { cache } from './cache.js';
export async function ask(userId, question) {
  const reply = await llm.chat.completions.create({
    model: 'm',
    messages: [question],
    user: userId,
  });
  await cache.set(\`answer:\${md5(question)}\`, reply);
}`,
    },
    {
      name: 'only the second of two results is private',
      code: `
import { redis } from '../lib/redis.js';
export async function openCourse(req, res) {
  const [course, marks] = await Promise.all([
    Course.findById(req.params.id),
    Mark.find({ student: req.user.id }),
  ]);
  await redis.set(\`course:\${req.params.id}\`, JSON.stringify(course));
  res.json({ course, marks });
}`,
    },
    {
      name: 'the other property of an object is private',
      code: `
import { redis } from '../lib/redis.js';
export async function home(req, res) {
  const page = { news: await News.find(), inbox: await Mail.find({ to: req.user.id }) };
  await redis.set('news', JSON.stringify(page.news));
  res.json(page);
}`,
    },
    {
      name: 'a branch that has left stored nothing',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  let rows;
  if (req.query.own) {
    rows = await Note.find({ author: req.user.id });
    return res.json(rows);
  }
  rows = await Note.find({ public: true });
  await redis.set('notes', JSON.stringify(rows));
}`,
    },
    {
      name: 'the other branch is private',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  let rows;
  if (req.query.own) {
    rows = await Note.find({ author: req.user.id });
  } else {
    rows = await Note.find({ public: true });
    await redis.set('notes', JSON.stringify(rows));
  }
  res.json(rows);
}`,
    },
    {
      name: 'the private rows were replaced before',
      code: `
import { redis } from '../lib/redis.js';
export async function list(req, res) {
  let rows = await Note.find({ author: req.user.id });
  count(rows);
  rows = await Note.find({ public: true });
  await redis.set('notes', JSON.stringify(rows));
}`,
    },
    {
      name: 'the check is separate from the load',
      code: `
import { redis } from '../lib/redis.js';
export async function read(id, userId) {
  await assertMayRead(userId, id);
  const hit = await redis.get(\`document:\${id}\`);
  if (hit) return JSON.parse(hit);
  const document = await Document.findById(id);
  await redis.set(\`document:\${id}\`, JSON.stringify(document));
  return document;
}`,
    },
    {
      name: 'the loader takes the user for a check only',
      code: `
import { cached } from './cached.js';
async function loadDocument(id, userId) {
  await assertMayRead(userId, id);
  return Document.findById(id);
}
export const open = (id, userId) => cached(\`document:\${id}\`, () => loadDocument(id, userId));`,
    },
    {
      name: "the value is the user's id: a code leads to its account",
      code: `
import { redis } from '../lib/redis.js';
export async function sendCode(userId, code) {
  await redis.set(\`code:\${code}\`, userId, 'EX', 300);
}`,
    },
  ],
  invalid: [
    {
      name: 'the same handler without the merge: the stored part is private',
      code: `
import { redis } from '../lib/redis.js';
export async function openCourse(req, res) {
  const course = await Course.findById(req.params.id).lean();
  course.mark = await Mark.findOne({ student: req.user.id });
  await redis.set(\`course:\${req.params.id}\`, JSON.stringify(course));
  res.json(course);
}`,
      reports: [
        {
          line: 6,
          data: { key: 'course:{req.params.id}', identity: 'req.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function openCourse(req, res) {
  const course = await Course.findById(req.params.id).lean();
  course.mark = await Mark.findOne({ student: req.user.id });
  await redis.set(\`course:\${req.user.id}:\${req.params.id}\`, JSON.stringify(course));
  res.json(course);
}`,
          },
        },
      ],
    },
  ],
});
