import { runCases } from './invalidation-tester.js';

const WRITE = 'await Conversation.updateOne({ _id: id }, body);';
const CLEAR = 'await redis.del(`conversation:${id}`);';

runCases('paths of one function', {
  valid: [
    { name: 'a straight line: write, then invalidate', code: `async function f(id, body) { ${WRITE} ${CLEAR} }` },
    {
      name: 'invalidation in both branches',
      code: `async function f(id, body, quiet) { ${WRITE} if (quiet) { ${CLEAR} return; } ${CLEAR} }`,
    },
    {
      name: 'an early return before the write',
      code: `async function f(id, body) { if (!id) return; ${WRITE} ${CLEAR} }`,
    },
    {
      name: 'a throw after the write is not a normal exit',
      code: `async function f(id, body) { ${WRITE} if (body.x) throw new Error(); ${CLEAR} }`,
    },
    {
      name: 'the end-of-block edge into a catch that returns is no path on which the write is left',
      code: `async function f(id, body) { try { ${WRITE} } catch (error) { return; } ${CLEAR} }`,
    },
    {
      name: 'the usual handler: write and invalidate in a try, answer 500 in the catch',
      code: `async function f(req, res, id) { try { await Conversation.updateOne({}, req.body); ${CLEAR} res.json({}); } catch (error) { res.status(500).end(); } }`,
    },
    {
      name: 'an explicit throw inside the try',
      code: `async function f(id, body) { try { const row = await Conversation.findByIdAndUpdate(id, body); if (body.x) throw new Error(); ${CLEAR} } catch (error) { log(error); } }`,
    },
    {
      name: 'a cache that fails is not a missing call: the catch around the invalidation logs',
      code: `async function f(id, body) { ${WRITE} try { ${CLEAR} } catch (error) { log(error); } return body; }`,
    },
    {
      name: 'finally, which has a segment for the normal and one for the thrown way in',
      code: `async function f(id, body) { try { ${WRITE} } finally { ${CLEAR} } }`,
    },
    {
      name: 'finally after a return in the block',
      code: `async function f(id, body) { try { ${WRITE} return body; } finally { ${CLEAR} } }`,
    },
    {
      name: 'a switch that invalidates in every case',
      code: `async function f(id, body, kind) { ${WRITE} switch (kind) { case 'a': ${CLEAR} break; default: ${CLEAR} } }`,
    },
    {
      name: 'a loop over the keys is taken to run',
      code: `async function f(ids, body) { await Conversation.updateMany({}, body); for (const id of ids) ${CLEAR} }`,
    },
    {
      name: 'a counting loop over the keys',
      code: 'async function f(ids, body) { await Conversation.updateMany({}, body); for (let i = 0; i < ids.length; i++) { await redis.del(`conversation:${ids[i]}`); } }',
    },
    {
      name: 'write and invalidation in the same turn of a loop',
      code: `async function f(ids, body) { for (const id of ids) { ${WRITE} ${CLEAR} } }`,
    },
    {
      name: 'Promise.all of the write and the invalidation',
      code: 'async function f(id, body) { await Promise.all([Conversation.updateOne({ _id: id }, body), redis.del(`conversation:${id}`)]); }',
    },
    {
      name: 'a spread of keys in Promise.all',
      code: 'async function f(ids, body) { await Conversation.updateMany({}, body); await Promise.all([...ids.map((id) => redis.del(`conversation:${id}`))]); }',
    },
    {
      name: 'keys spread into one call cannot be seen, so they may be the right ones',
      code: 'async function f(keys, body) { await Conversation.updateMany({}, body); await redis.del(...keys); }',
    },
    {
      name: 'not awaited, but called',
      code: 'async function f(id, body) { await Conversation.updateOne({ _id: id }, body); void redis.del(`conversation:${id}`); }',
    },
    {
      name: 'the write changed nothing: `if (!row) return`',
      code: `async function f(id, body, res) { const row = await Conversation.findByIdAndUpdate(id, body).lean(); if (!row) return res.status(404).end(); ${CLEAR} return row; }`,
    },
    {
      name: 'only if a row was written: `if (row)`',
      code: `async function f(id, body) { const row = await Conversation.findByIdAndUpdate(id, body); if (row) { ${CLEAR} } return row; }`,
    },
    {
      name: 'a piece of the result: `modifiedCount`',
      code: `async function f(id, body) { const { modifiedCount } = await Conversation.updateOne({ _id: id }, body); if (modifiedCount === 0) return false; ${CLEAR} return true; }`,
    },
    {
      name: 'a cache that may be missing: optional call',
      code: 'async function f(cache, id, body) { await Conversation.updateOne({ _id: id }, body); await cache?.del(`conversation:${id}`); }',
    },
    {
      name: 'a cache that may be missing: &&',
      code: `async function f(id, body) { ${WRITE} redis && (${CLEAR.slice(0, -1)}); }`,
    },
    {
      name: 'a cache that may be missing: `if (redis)`',
      code: `async function f(id, body) { ${WRITE} if (redis) { ${CLEAR} } }`,
    },
    {
      name: 'a cache that may be missing, and something else of it: `redis && redis.isReady`',
      code: `async function f(id, body) { ${WRITE} if (redis && redis.isReady) { ${CLEAR} } }`,
    },
    {
      name: 'a cache that may be missing: early return',
      code: `async function f(id, body) { ${WRITE} if (!redis) return; ${CLEAR} }`,
    },
    {
      name: 'a guard on what the key is made of',
      code: 'async function f(row, body) { await Conversation.updateOne({}, body); if (row.parentId) await redis.del(`conversation:${row.parentId}`); }',
    },
    {
      name: 'a guard on what a key variable is made of',
      code: 'async function f(row, body) { await Conversation.updateOne({}, body); const key = `conversation:${row.id}`; if (row.id) await redis.del(key); }',
    },
    {
      name: 'invalidation before the write is another rule’s finding',
      code: `async function f(id, body) { ${CLEAR} ${WRITE} }`,
    },
    { name: 'code that cannot be reached', code: `async function f(id, body) { return body; ${WRITE} }` },
    { name: 'a loop that never ends has no exit', code: `async function f(id, body) { for (;;) { ${WRITE} } }` },
    {
      name: 'overwriting the entry after the write',
      code: 'async function f(id, body) { const row = await Conversation.findByIdAndUpdate(id, body); await redis.set(`conversation:${id}`, JSON.stringify(row), "EX", 60); }',
    },
    { name: 'flushing the whole cache', code: `async function f(id, body) { ${WRITE} await redis.flushdb(); }` },
    {
      name: 'a conditional expression with an invalidation on both sides',
      code: 'async function f(id, body, all) { await Conversation.updateOne({ _id: id }, body); await (all ? redis.flushdb() : redis.del(`conversation:${id}`)); }',
    },
    {
      name: 'labelled continue after the invalidation',
      code: `async function f(ids, body) { outer: for (const id of ids) { ${WRITE} ${CLEAR} if (body.x) continue outer; log(id); } }`,
    },
    {
      name: 'prototype names of variables and methods',
      code: 'async function toString(constructor, hasOwnProperty) { await constructor.valueOf(hasOwnProperty); return constructor.toString(); }',
    },
  ],
  invalid: [
    {
      name: 'no invalidation at all',
      code: `async function f(id, body) {\n  ${WRITE}\n}`,
      reports: [{ line: 2, exit: -3 }],
    },
    {
      name: 'an early return between write and invalidation',
      code: `async function f(id, body) {\n  ${WRITE}\n  if (body.quiet) return;\n  ${CLEAR}\n}`,
      reports: [{ line: 2, exit: 3 }],
    },
    {
      name: 'an invalidation under a condition that has nothing to do with it',
      code: `async function f(id, body, moved) {\n  ${WRITE}\n  if (moved) { ${CLEAR} }\n  return body;\n}`,
      reports: [{ line: 2, exit: 4 }],
    },
    {
      name: 'the 404 is not the path that counts',
      code: `async function f(id, body, res) {\n  const row = await Conversation.findByIdAndUpdate(id, body);\n  if (!row) return res.status(404).end();\n  return res.json(row);\n}`,
      reports: [{ line: 2, exit: 4 }],
    },
    {
      name: 'a write in the catch',
      code: `async function f(id, body) {\n  try { await work(); } catch (error) {\n    ${WRITE}\n    return;\n  }\n  ${CLEAR}\n}`,
      reports: [{ line: 3, exit: 4 }],
    },
    {
      name: 'a write before the try whose block does not invalidate',
      code: `async function f(id, body) {\n  ${WRITE}\n  try { await work(); } catch (error) { return; }\n  ${CLEAR}\n}`,
      reports: [{ line: 2, exit: 3 }],
    },
    {
      name: 'a write in a finalizer is one report, though its segment exists twice',
      code: `async function f(id, body) {\n  try { await work(); } finally {\n    ${WRITE}\n  }\n}`,
      reports: [{ line: 3, exit: -5 }],
    },
    {
      name: 'a switch without a default',
      code: `async function f(id, body, kind) {\n  ${WRITE}\n  switch (kind) {\n    case 'a': ${CLEAR} break;\n    case 'b': break;\n  }\n}`,
      reports: [{ line: 2, exit: -7 }],
    },
    {
      name: 'a guard that is nested in a condition',
      code: `async function f(id, body, moved) {\n  ${WRITE}\n  if (moved) { if (redis) ${CLEAR} }\n}`,
      reports: [{ line: 2, exit: -4 }],
    },
    {
      name: 'an unrelated return stands between the guard and the invalidation',
      code: `async function f(id, body) {\n  ${WRITE}\n  if (!redis) return;\n  if (body.quiet) return;\n  ${CLEAR}\n}`,
      reports: [{ line: 2, exit: 4 }],
    },
    {
      name: '`continue` past the invalidation',
      code: `async function f(ids, body) {\n  for (const id of ids) {\n    ${WRITE}\n    if (body.x) continue;\n    ${CLEAR}\n  }\n}`,
      reports: [{ line: 3, exit: -7 }],
    },
    {
      name: 'throwPaths: a throw after the write',
      code: `async function f(id, body) {\n  ${WRITE}\n  if (body.x) throw new Error();\n  ${CLEAR}\n}`,
      options: [{ throwPaths: true }],
      reports: [{ line: 2, exit: -5 }],
    },
    {
      name: 'throwPaths: an exception between write and invalidation that a catch swallows',
      code: `async function f(id, body) {\n  try {\n    ${WRITE}\n    await audit(id);\n    ${CLEAR}\n  } catch (error) {\n    log(error);\n  }\n}`,
      options: [{ throwPaths: true }],
      reports: [{ line: 3, exit: -9 }],
    },
    {
      name: 'an invalidation between two writes belongs to the first',
      code: `async function f(id, body) {\n  ${WRITE}\n  ${CLEAR}\n  await Conversation.deleteOne({ _id: id });\n}`,
      reports: [{ line: 4, exit: -5 }],
    },
    {
      name: 'a set before the write does not count: what it stored is stale afterwards',
      code: 'async function f(id, body, row) {\n  await redis.set(`conversation:${id}`, JSON.stringify(row), "EX", 60);\n  await Conversation.updateOne({ _id: id }, body);\n}',
      reports: [{ line: 3, exit: -4 }],
    },
  ],
});
