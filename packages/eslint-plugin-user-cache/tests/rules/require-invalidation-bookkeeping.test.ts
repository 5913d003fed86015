import { runCases } from './invalidation-tester.js';

runCases('writes that no cached row shows', {
  valid: [
    {
      name: 'the time of the last visit',
      code: 'async function f(id) { await Conversation.updateOne({ _id: id }, { lastSeenAt: new Date() }); }',
    },
    {
      name: 'counters of attempts and tokens, under operators',
      code: 'async function f(id) { await Conversation.findByIdAndUpdate(id, { $inc: { loginAttempts: 1 }, $set: { refreshToken: t }, $push: { authLogs: entry } }); }',
    },
    {
      name: 'a counter that nobody looks at',
      code: `async function f(id) { await Conversation.updateOne({ _id: id }, { $inc: { 'stats.viewCount': 1 } }); }`,
    },
    {
      name: 'a document that only got a code',
      code: 'async function f(id) { const row = await Conversation.findById(id); row.resetToken = t; row.resetTokenExpires = d; await row.save(); }',
    },
    {
      name: 'a counter in SQL',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
export async function read(id) { const { rows } = await pool.query('SELECT * FROM pets WHERE id = $1', [id]); await redis.set(\`pet:\${id}\`, JSON.stringify(rows[0])); return rows[0]; }
export async function f(id) { await pool.query('UPDATE pets SET hits = hits + 1, last_seen_at = NOW() WHERE id = $1', [id]); }`,
    },
    {
      name: 'a lock is no cached row',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
import { Conversation } from '../models/conversation.js';
export async function f(id, title) {
  const row = await Conversation.findById(id);
  await redis.set(\`conversation:\${id}\`, JSON.stringify(row), 'EX', 10, 'NX');
  await Conversation.updateOne({ _id: id }, { title });
}`,
    },
    {
      name: 'what another service answered for a row is not the row',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
import { Channel } from '../models/channel.js';
export async function statistics(id, date) {
  const channel = await Channel.findById(id);
  const value = await provider.statistics(channel.remote, channel.token, date);
  await redis.set(\`statistics:\${id}:\${date}\`, JSON.stringify(value));
}
export async function rename(id, name) { await Channel.updateOne({ _id: id }, { name }); }`,
    },
    {
      name: 'a challenge that was made from rows',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
import { Passkey } from '../models/passkey.js';
export async function begin(userId) {
  const keys = await Passkey.find({ userId });
  await redis.set(\`webauthn:\${userId}\`, JSON.stringify(keys));
}
export async function remove(id) { await Passkey.deleteOne({ _id: id }); }`,
    },
    {
      name: 'only the id of a row is cached',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
import { Conversation } from '../models/conversation.js';
export async function start(slug) { const row = await Conversation.findOne({ slug }); await redis.set(\`slug:\${slug}\`, row._id.toString()); }
export async function rename(id, title) { await Conversation.updateOne({ _id: id }, { title }); }`,
    },
  ],
  invalid: [
    {
      name: 'a counter that people look at',
      code: `async function f(id) {\n  await Conversation.updateOne({ _id: id }, { $inc: { likes: 1 } });\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a row that another file puts into another form',
      alone: true,
      code: `import { redis } from '../lib/redis.js';
import { Channel } from '../models/channel.js';
export async function show(id) { const channel = await Channel.findById(id); await redis.set(\`channel:\${id}\`, toDto(channel)); }
export async function rename(id, name) { await Channel.updateOne({ _id: id }, { name }); }`,
      reports: [{ line: 4, exit: -4, entity: 'Channel', family: 'channel:{id}', at: 3 }],
    },
    {
      name: 'bookkeeping and more',
      code: `async function f(id, title) {\n  await Conversation.updateOne({ _id: id }, { title, lastSeenAt: new Date() });\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'a document that got more than a code',
      code: `async function f(id, title) {\n  const row = await Conversation.findById(id);\n  row.resetToken = null;\n  row.title = title;\n  await row.save();\n}`,
      reports: [{ line: 5, exit: -6 }],
    },
    {
      name: 'fields that the file does not show',
      code: `async function f(id, body) {\n  await Conversation.updateOne({ _id: id }, body);\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
  ],
});
