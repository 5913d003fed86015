import { runCases } from './key-tester.js';

runCases('a field that is computed for the viewer', {
  valid: [],
  invalid: [
    {
      name: 'a field that is computed for the viewer after the query',
      code: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const { page } = req.query;
  const posts = await Post.find().skip(page);
  const seen = posts.map((post) => ({ ...post, own: post.author === req.user.id }));
  await redis.set(\`timeline:\${page}\`, JSON.stringify(seen));
  res.json(seen);
}`,
      reports: [
        {
          line: 7,
          data: {
            key: 'timeline:{req.query.page}',
            identity: 'req.user.id',
            effect: 'decides what is in it',
            line: '6',
          },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const { page } = req.query;
  const posts = await Post.find().skip(page);
  const seen = posts.map((post) => ({ ...post, own: post.author === req.user.id }));
  await redis.set(\`timeline:\${req.user.id}:\${page}\`, JSON.stringify(seen));
  res.json(seen);
}`,
          },
        },
      ],
    },
    {
      name: 'a field that is written into every row in a loop',
      code: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find().lean();
  for (const post of posts) post.starred = post.stars.includes(req.user.id);
  await redis.set('timeline', JSON.stringify(posts));
  res.json(posts);
}`,
      reports: [
        {
          line: 6,
          data: {
            key: 'timeline',
            identity: 'req.user.id',
            effect: 'is an argument of the call that loads it',
            line: '5',
          },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find().lean();
  for (const post of posts) post.starred = post.stars.includes(req.user.id);
  await redis.set(\`timeline:\${req.user.id}\`, JSON.stringify(posts));
  res.json(posts);
}`,
          },
        },
      ],
    },
    {
      name: 'a field that forEach writes',
      code: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find().lean();
  posts.forEach((post) => {
    post.own = post.author === req.user.id;
  });
  await redis.set('timeline', JSON.stringify(posts));
  res.json(posts);
}`,
      reports: [
        {
          line: 8,
          data: { key: 'timeline', identity: 'req.user.id', effect: 'decides what is in it', line: '6' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find().lean();
  posts.forEach((post) => {
    post.own = post.author === req.user.id;
  });
  await redis.set(\`timeline:\${req.user.id}\`, JSON.stringify(posts));
  res.json(posts);
}`,
          },
        },
      ],
    },
    {
      name: "a set of the viewer's likes decides a field",
      code: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find();
  const likes = await Like.find({ user: req.user.id });
  const liked = new Set(likes.map((like) => like.post));
  await redis.set(
    'timeline',
    JSON.stringify(posts.map((post) => ({ ...post, liked: liked.has(post.id) }))),
  );
}`,
      reports: [
        {
          line: 8,
          data: { key: 'timeline', identity: 'req.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            identity: 'req.user.id',
            output: `
import { redis } from '../lib/redis.js';
export async function timeline(req, res) {
  const posts = await Post.find();
  const likes = await Like.find({ user: req.user.id });
  const liked = new Set(likes.map((like) => like.post));
  await redis.set(
    \`timeline:\${req.user.id}\`,
    JSON.stringify(posts.map((post) => ({ ...post, liked: liked.has(post.id) }))),
  );
}`,
          },
        },
      ],
    },
  ],
});
