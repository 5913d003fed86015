import type { Redis } from 'ioredis';
import type { Random } from '../../src/testing/random.js';

/** What somebody with full write access to Redis may do to a bucket; `victim` and `other` are keys of buckets. */
type Attack = (redis: Redis, victim: string, other: string, random: Random) => Promise<unknown>;

const GIANT = 'x'.repeat(2 ** 20);

async function entryFields(redis: Redis, key: string): Promise<string[]> {
  return (await redis.hkeys(key)).filter((field) => field.startsWith('v:'));
}

/** Puts what `change` makes of the entries of two buckets into an entry of the victim. */
const onEntries =
  (change: (own: Buffer, foreign: Buffer, random: Random) => Buffer | string): Attack =>
  async (redis, victim, other, random) => {
    const [fields, others] = [await entryFields(redis, victim), await entryFields(redis, other)];
    if (fields.length === 0 || others.length === 0) return;
    const field = random.oneOf(fields);
    const own = await redis.hgetBuffer(victim, random.oneOf(fields));
    const foreign = await redis.hgetBuffer(other, random.oneOf(others));
    if (own && foreign) await redis.hset(victim, field, change(own, foreign, random));
  };

const toField =
  (field: string, values: readonly string[]): Attack =>
  (redis, victim, _, random) =>
    redis.hset(victim, field, random.oneOf(values));

const toAnotherType =
  (write: (redis: Redis, key: string) => Promise<unknown>): Attack =>
  async (redis, victim) => {
    await redis.unlink(victim);
    await write(redis, victim);
  };

const headerEnd = (entry: Buffer): number => {
  const header = /^(?:[^\n]*\n){4}/.exec(entry.toString('latin1'));
  return header?.[0].length ?? 0;
};

const GARBAGE = ['', 'x', '-1', 'NaN', '1e999', '9'.repeat(40), '\0\n', GIANT];

/** What any store must survive: nothing of it is ever another owner's or key's. */
const moves: Readonly<Record<string, Attack>> = {
  'replay into another key': onEntries((own) => own),
  'swap between users': onEntries((_, foreign) => foreign),
  truncate: onEntries((own, _, random) => own.subarray(0, random.between(0, own.length - 1))),
  'flip a bit': onEntries((own, _, random) => {
    const flipped = Buffer.from(own);
    const at = random.between(0, own.length - 1);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.between(0, 7)), at);
    return flipped;
  }),
  'a giant entry': onEntries((own) => Buffer.concat([own.subarray(0, headerEnd(own)), Buffer.from(GIANT)])),
  'the bucket of another user': async (redis, victim, other) => {
    if ((await redis.exists(other)) === 1) await redis.restore(victim, 0, await redis.dumpBuffer(other), 'REPLACE');
  },
  'the control string of another user': async (redis, victim, other) => {
    const control = await redis.hget(other, 'c');
    if (control !== null) await redis.hset(victim, 'c', control);
  },
  'no control string': (redis, victim) => redis.hdel(victim, 'c'),
  'a control string that is none': toField('c', [...GARBAGE, 'x.y', 'x.1e9', `x.${'9'.repeat(20)}`, '.1', 'x.1!!']),
  'a floor that is none': toField('m', GARBAGE),
  'a note that is none': toField('p:conversation:', GARBAGE),
  // A pattern in a script that was tried from every character of this stopped the server for minutes.
  'a megabyte of holds': toField('w', [GIANT]),
  'holds that are none': toField('w', [...GARBAGE, '=;=;', 'x=1', 'x=1;'.repeat(2 ** 16)]),
  'thousands of notes': (redis, victim) =>
    redis.hset(victim, Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`p:${i}:`, 'x']))),
  'no expiry': (redis, victim) => redis.persist(victim),
  'a string': toAnotherType((redis, key) => redis.set(key, 'x')),
  'a list': toAnotherType((redis, key) => redis.rpush(key, 'c', 'x')),
  'a set': toAnotherType((redis, key) => redis.sadd(key, 'c')),
  'a stream': toAnotherType((redis, key) => redis.xadd(key, '*', 'c', 'x')),
};

/** What only a seal finds out: an entry that says of itself what the victim's would say. */
const forgeries: Readonly<Record<string, Attack>> = {
  'a foreign payload under the own header': onEntries((own, foreign) =>
    Buffer.concat([own.subarray(0, headerEnd(own)), foreign.subarray(headerEnd(foreign))]),
  ),
  'an expiry put off': onEntries((own) => own.toString().replace(/\n\d+\n/, '\n9999999999999\n')),
  'a payload of its own': onEntries((own) =>
    Buffer.concat([own.subarray(0, headerEnd(own)), Buffer.from('{"owner":"eve"}')]),
  ),
  'the payload of another key': onEntries((own) => own),
};

export const attacksOn = (isSealed: boolean): Readonly<Record<string, Attack>> =>
  isSealed ? { ...moves, ...forgeries } : moves;
