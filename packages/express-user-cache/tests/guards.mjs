/**
 * What keeps users apart and data fresh, guard by guard: what it prevents, the one place in the code where it stands, what
 * stands there when it is switched off, and the test that must then fail. `scripts/guards.mjs` switches them off one at a
 * time. A text must occur exactly once in its file: where it does not, the guard has moved, and this table with it.
 *
 * @typedef {object} Guard
 * @property {string} guard what it is
 * @property {string} prevents what can happen without it
 * @property {readonly (readonly [file: string, from: string, to: string])[]} edits in `src/`; together they switch it off
 * @property {readonly [file: string, name: string]} noticed the suite in `tests/` that fails without it, and part of the test's name
 */

/** @type {readonly Guard[]} */
export const guards = [
  // What an entry says of itself.
  {
    guard: 'owner in the header',
    prevents: 'an entry of one user is returned to another, where a connection or a hand put it there',
    edits: [
      ['entry/envelope.ts', '`${format}\\n${bucket}\\n${name}\\n`', '`${format}\\n${bucket && ""}\\n${name}\\n`'],
    ],
    noticed: ['handle/distrust', "another user's entry is a miss"],
  },
  {
    guard: 'path in the header',
    prevents: 'the entry of one key is returned for another',
    edits: [
      ['entry/envelope.ts', '`${format}\\n${bucket}\\n${name}\\n`', '`${format}\\n${bucket}\\n${name && ""}\\n`'],
    ],
    noticed: ['entry/envelope', 'is foreign at another path'],
  },
  {
    guard: 'codec in the header',
    prevents: 'one codec reads what another wrote, as another value',
    edits: [
      ['entry/envelope.ts', "(codec === 'json' ? FORMAT : `${FORMAT} ${codec}`)", "(codec === '' ? codec : FORMAT)"],
    ],
    noticed: ['handle/codec', 'makes a miss of what the other wrote'],
  },
  {
    guard: 'JSON refuses what it would change',
    prevents: 'a value comes back as another, without a word',
    edits: [['entry/json.ts', 'JSON.stringify(value, checked)', 'JSON.stringify(value)']],
    noticed: ['entry/json', 'says of anything what its types say'],
  },
  {
    guard: 'header compared',
    prevents: 'entries are believed whatever they say of themselves',
    edits: [['entry/envelope.ts', 'if (!entry.startsWith(expected)) return', 'if (entry === "") return']],
    noticed: ['handle/distrust', "another user's entry is a miss"],
  },
  {
    guard: 'expiry in the entry',
    prevents: 'an entry outlives its TTL where the store forgets to expire it',
    edits: [['entry/envelope.ts', "if (expiresAt <= now) return { ok: false, cause: 'expired' };", '']],
    noticed: ['entry/envelope', 'opens at its place until it expires'],
  },
  {
    guard: 'distrust of the connection that brought a foreign entry',
    prevents: 'a connection whose replies are shifted stays in use',
    edits: [['handle/entries.ts', "if (opened.cause === 'foreign') store.distrust();", '']],
    noticed: ['handle/distrust', "another user's entry is a miss"],
  },
  {
    guard: 'schema of what is read',
    prevents: 'a stored value that is not what its namespace says is returned',
    edits: [
      [
        'handle/entries.ts',
        'if (validated.ok && validated.value !== undefined) {\n    const { value } = validated;\n    return { value, frozen',
        'if (validated) {\n    const { value } = validated;\n    return { value, frozen',
      ],
    ],
    noticed: ['handle/cache', 'makes a stored value that no longer passes it a miss'],
  },
  {
    guard: 'no entries without a control string',
    prevents: 'entries that no invalidation reaches are returned',
    edits: [
      [
        'store/redis/redis-store.ts',
        'if (control === null || control === undefined) return { control: undefined, entries: entries.map(() => undefined) };',
        'if (control === null || control === undefined)\n      return { control: undefined, entries: entries.map((entry) => entry ?? undefined) };',
      ],
    ],
    noticed: ['store/redis-store', 'shows no entries where the control string is gone'],
  },

  // What only this owner can open.
  {
    guard: 'tags of 16 bytes',
    prevents: 'a sealed entry is forged by trying 2^32 tags',
    edits: [['entry/seal.ts', 'const TAG_BYTES = 16;', 'const TAG_BYTES = 4;']],
    noticed: ['entry/envelope', 'does not open with a tag of 4 bytes'],
  },
  {
    guard: 'one text for one sealed entry',
    prevents: 'an altered entry still opens, because the decoder of base64 skips what it does not know',
    edits: [
      [
        'entry/seal.ts',
        'return whole && text.length % 4 !== 1 && text.endsWith(tail) ? bytes : undefined;',
        'return text.endsWith(tail) || tail ? bytes : bytes;',
      ],
    ],
    noticed: ['entry/envelope', 'does not open in another spelling'],
  },
  {
    guard: 'no bits left over in a sealed entry',
    prevents: 'the same: its last character has others that stand for the same bytes',
    edits: [['entry/seal.ts', ' && text.endsWith(tail)', '']],
    noticed: ['entry/envelope', 'with its last character exchanged'],
  },
  {
    guard: 'place and expiry bound to a sealed entry',
    prevents: 'a sealed entry is moved to another path, or its life is prolonged',
    edits: [
      ['entry/seal.ts', 'cipher.setAAD(Buffer.from(bound));\n      const sealed', 'const sealed'],
      ['entry/seal.ts', 'decipher.setAAD(Buffer.from(bound));', ''],
    ],
    noticed: ['entry/envelope', 'does not open'],
  },
  {
    guard: 'tag checked before anything is returned',
    prevents: 'what update() returned is taken for authentic',
    edits: [['entry/seal.ts', 'decipher.final();', '']],
    noticed: ['entry/envelope', 'does not open with any bit of it flipped'],
  },
  {
    guard: 'a key of each owner',
    prevents: 'all users share the key of their entries',
    edits: [['entry/seal.ts', "createHash('sha256').update(owner).digest()", 'Buffer.alloc(32)']],
    noticed: ['entry/seal', 'has a key for each owner'],
  },
  {
    guard: 'keys remembered by owner',
    prevents: 'the key of one owner is remembered for all',
    edits: [['entry/seal.ts', 'const name = `${id}\\n${owner}`;', 'const name = id;']],
    noticed: ['entry/seal', 'has a key for each owner'],
  },
  {
    guard: 'unknown key id is a miss',
    prevents: 'a read fails on an entry of a secret that was taken out',
    edits: [['entry/seal.ts', 'if (!master || (!salt', 'if ((!salt']],
    noticed: ['entry/seal', 'does not open by an id that is no secret'],
  },

  // What things are called.
  {
    guard: 'names under HMAC',
    prevents: 'who reads Redis finds out by guessing who and what is in it',
    edits: [
      ['key/name.ts', "createHmac('sha256', key)", "createHash('sha256')"],
      ['key/name.ts', "import { createHmac } from 'node:crypto';", "import { createHash } from 'node:crypto';"],
    ],
    noticed: ['key/encode', 'of owners have 128 bits'],
  },
  {
    guard: 'names of owners and paths are different',
    prevents: 'the name of a user is found in the names of other users’ keys',
    edits: [['key/name.ts', '`${kind}\\n${text}`', '`${text}`']],
    noticed: ['key/encode', 'do not mix owners up with paths'],
  },
  {
    guard: 'names of 128 bits',
    prevents: 'two users share a bucket by chance',
    edits: [['key/name.ts', 'const WHOLE_LENGTH = 22;', 'const WHOLE_LENGTH = 10;']],
    noticed: ['key/encode', 'of owners have 128 bits'],
  },
  {
    guard: 'a delimiter behind every part',
    prevents: "['a', '1'] reaches ['a', '11'], and ['ab'] is ['a', 'b']",
    edits: [['key/name.ts', 'text += `${part}:`', 'text += `${part}`']],
    noticed: ['key/encode', 'of a path begin with the name of every prefix'],
  },
  {
    guard: 'version in the name',
    prevents: 'two releases read each other’s shapes',
    edits: [['key/name.ts', 'this.entry = `${textOf(parts)}@${version}`;', 'this.entry = `${textOf(parts)}@`;']],
    noticed: ['key/encode', 'of two versions differ'],
  },
  {
    guard: 'applications apart',
    prevents: 'two applications on one Redis share their users’ buckets',
    edits: [['handle/scope.ts', "app === '' ? owner : `${app}/${owner}`", "app === '' ? owner : owner"]],
    noticed: ['handle/cache', 'of two applications on one store are kept apart'],
  },
  {
    guard: 'no ill-formed strings',
    prevents: 'two ids that differ in a lone surrogate are the same bytes',
    edits: [
      ['key/encode.ts', 'if (!text.isWellFormed()) throw bad(', 'text = text.toWellFormed();\n  if (!text) throw bad('],
    ],
    noticed: ['key/encode', 'a lone surrogate'],
  },
  {
    guard: 'types in keys',
    prevents: "1 and '1' are one key, and one user",
    edits: [['key/encode.ts', 'return `#${value}`;', 'return `${value}`;']],
    noticed: ['key/encode', 'that differ in one hostile part'],
  },
  {
    guard: 'signs that percent-encoding leaves',
    prevents: 'a user whose id is * owns what everybody shares',
    edits: [['key/encode.ts', ".replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)", '']],
    noticed: ['key/encode', 'contains no delimiter'],
  },
  {
    guard: 'nobody is not a user',
    prevents: 'all users without an id share one bucket',
    edits: [['identity/owner.ts', "id !== '' && id.isWellFormed()", 'id.isWellFormed()']],
    noticed: ['identity/owner', 'is nobody'],
  },
  {
    guard: 'sessions and users begin differently',
    prevents: 'a user whose id is the hash of a session id owns that session’s bucket',
    edits: [['identity/owner.ts', '`@${createHash', '`${createHash']],
    noticed: ['identity/owner', 'a session is no user'],
  },
  {
    guard: 'a namespace is a user’s or shared',
    prevents: 'a user’s data is asked for from the cache that everybody shares',
    edits: [['policy/options.ts', 'if (namespaces.has(name)) {', 'if (namespaces.has(`${name}?`)) {']],
    noticed: ['policy/options', 'a namespace that is also shared'],
  },
  {
    guard: 'a secret that is not set is refused',
    prevents: 'encryption is off because a variable is',
    edits: [['policy/options.ts', "'secret' in options ?", 'options.secret ?']],
    noticed: ['policy/options', 'a secret from a variable that is not set'],
  },

  // Who is asking.
  {
    guard: 'pinned owner',
    prevents: 'what was asked for by one user is returned to, or stored for, the next user of the request',
    edits: [['identity/pin.ts', 'if (first.owner === owner) return owner;', 'if (first) return owner;']],
    noticed: ['identity/session', 'before a second call'],
  },
  {
    guard: 'owner after getMany',
    prevents: 'a read returns what was its own before the session became another’s',
    edits: [['handle/read.ts', '  });\n  scope.bucket();\n  return values;', '  });\n  return values;']],
    noticed: ['handle/owner-checks', 'get throws'],
  },
  {
    guard: 'owner after the store answered',
    prevents: 'the same, in a namespace whose schema waits',
    edits: [
      ['handle/find.ts', "scope.failed('read', error);\n  }\n  scope.bucket();", "scope.failed('read', error);\n  }"],
    ],
    noticed: ['handle/owner-checks', 'get throws'],
  },
  {
    guard: 'owner after a look',
    prevents: 'getOrSet returns what was its own before the session became another’s',
    edits: [
      [
        'handle/read.ts',
        '(await find(scope, bucket, [target]));\n    scope.bucket();',
        '(await find(scope, bucket, [target]));',
      ],
    ],
    noticed: ['handle/owner-checks', 'getOrSet that hits throws'],
  },
  {
    guard: 'owner after opening',
    prevents: 'a load runs for one user under the stamp of another',
    edits: [['handle/load.ts', 'store.open(bucket.tag));\n    scope.bucket();', 'store.open(bucket.tag));']],
    noticed: ['handle/owner-checks', 'getOrSet that loads throws'],
  },
  {
    guard: 'owner before a load that waited',
    prevents: 'a load runs for a user who is gone',
    edits: [['handle/load.ts', '// The lane may have kept it waiting.\n    scope.bucket();', '']],
    noticed: ['handle/failure', 'runs no load for a request whose user changed'],
  },
  {
    guard: 'owner before a load whose turn came',
    prevents: 'a load runs for a user who is gone',
    edits: [['handle/load.ts', 'if (run.waited) scope.bucket();', '']],
    noticed: ['handle/concurrency', 'runs no load for a request whose user changed'],
  },
  {
    guard: 'owner while another process loads',
    prevents: 'a load runs for a user who is gone',
    edits: [
      ['handle/everywhere.ts', '// It has waited: for the lease, and for others.\n      scope.bucket();', ''],
      ['handle/everywhere.ts', '[target.path.entry]));\n  scope.bucket();', '[target.path.entry]));'],
      [
        'handle/everywhere.ts',
        'read(scope, own, target, entry));\n  scope.bucket();',
        'read(scope, own, target, entry));',
      ],
    ],
    noticed: ['handle/single-flight', 'runs no load for a request whose user changed'],
  },
  {
    guard: 'owner after a load',
    prevents: 'what was loaded for the next user is stored for the last one',
    edits: [['handle/load.ts', 'or its error: the load may have run for somebody else.\n      scope.bucket();', '']],
    noticed: ['middleware', 'during a load throws'],
  },
  {
    guard: 'owner after a load that was joined',
    prevents: 'the joined result is returned to a request that became another’s',
    edits: [['handle/read.ts', '      scope.bucket();\n      return found?.value;', '      return found?.value;']],
    noticed: ['handle/owner-checks', 'a load that is joined'],
  },
  {
    guard: 'owner after grace',
    prevents: 'an expired value is served to a request that became another’s',
    edits: [['handle/grace.ts', 'grace));\n  scope.bucket();', 'grace));']],
    noticed: ['handle/owner-checks', 'getOrSet in grace throws'],
  },
  {
    guard: 'owner of a set at its call',
    prevents: 'what was set for one user is stored for the next',
    edits: [
      [
        'handle/write.ts',
        'const bucket = scope.bucket();\n  const found = await parse(target, text);\n  scope.bucket();',
        'const found = await parse(target, text);\n  const bucket = scope.bucket();',
      ],
    ],
    noticed: ['identity/session', 'while set waits for the store throws'],
  },
  {
    guard: 'owner after the stamp of a write',
    prevents: 'a write runs for a user who is gone',
    edits: [['handle/write.ts', 'store.open(bucket.tag)));\n  scope.bucket();', 'store.open(bucket.tag)));']],
    noticed: ['handle/owner-checks', 'writeThrough throws'],
  },
  {
    guard: 'owner after set',
    prevents: 'set does not say that its user is gone',
    edits: [
      [
        'handle/write.ts',
        'else await invalidatePaths(scope, bucket, [target]);\n  scope.bucket();',
        'else await invalidatePaths(scope, bucket, [target]);',
      ],
    ],
    noticed: ['handle/owner-checks', 'set throws'],
  },
  {
    guard: 'owner after the write of writeThrough',
    prevents: 'what was written for the next user is stored for the last one',
    edits: [['handle/write.ts', 'await write();\n    scope.bucket();', 'await write();']],
    noticed: ['handle/owner-checks', 'writeThrough throws'],
  },
  {
    guard: 'owner after writeThrough',
    prevents: 'writeThrough returns what its user must not see any more',
    edits: [['handle/write.ts', '  }\n  scope.bucket();\n  return stored?.value;', '  }\n  return stored?.value;']],
    noticed: ['handle/owner-checks', 'writeThrough throws'],
  },
  {
    guard: 'owner after invalidate',
    prevents: 'invalidate does not say that its user is gone',
    edits: [
      [
        'handle/invalidate.ts',
        'await invalidatePaths(scope, bucket, targets);\n  scope.bucket();',
        'await invalidatePaths(scope, bucket, targets);',
      ],
    ],
    noticed: ['handle/owner-checks', 'invalidate throws'],
  },
  {
    guard: 'owner after invalidateAll',
    prevents: 'invalidateAll does not say that its user is gone',
    edits: [['handle/invalidate.ts', "{ prefixes: 'all' });\n  scope.bucket();", "{ prefixes: 'all' });"]],
    noticed: ['handle/owner-checks', 'invalidateAll throws'],
  },
  {
    guard: 'owner before the write of mutate',
    prevents: 'a write runs for a user who is gone',
    edits: [['handle/invalidate.ts', '  try {\n    scope.bucket();\n    written', '  try {\n    written']],
    noticed: ['handle/owner-checks', 'mutate throws'],
  },
  {
    guard: 'owner after mutate',
    prevents: 'mutate returns what its user must not see any more',
    edits: [['handle/invalidate.ts', 'else await release();\n  scope.bucket();', 'else await release();']],
    noticed: ['handle/owner-checks', 'mutate throws'],
  },
  {
    guard: 'owner after mutate without a user',
    prevents: 'what a user wrote is returned to a request that had none',
    edits: [
      [
        'handle/invalidate.ts',
        'await write();\n    scope.bucket();\n    return written;',
        'await write();\n    return written;',
      ],
    ],
    noticed: ['handle/owner-checks', 'a request of nobody'],
  },
  {
    guard: 'private, no-store',
    prevents: 'a browser or proxy keeps one user’s response for the next',
    edits: [['middleware.ts', 'if (settings.cacheControl) forbidHttpCaching(res);', '']],
    noticed: ['middleware', 'keep browsers and proxies from storing'],
  },
  {
    guard: 'private, no-store where the header was cleared',
    prevents: 'a browser or proxy keeps one user’s error page for the next',
    edits: [['http/cache-control.ts', "else res.setHeader('Cache-Control', UNSTORED);", '']],
    noticed: ['http/cache-control', 'is put back where the headers were cleared'],
  },
  {
    guard: 'owner when a response ends',
    prevents: 'what a handler sent to one user is stored for another, where the session changed while it ran',
    edits: [['http/load-response.ts', '            scope.bucket();\n', '']],
    noticed: ['http/response-races', 'the user changed only while it sent its response'],
  },
  {
    guard: 'headers that a response varies by',
    prevents: 'a response is answered to a request that it was not made for',
    edits: [
      ['http/storable.ts', '.every((name) => keyed.has(name))', ".every((name) => keyed.has(name) || name !== '*')"],
    ],
    noticed: ['http/unstorable', 'other headers than it varies by'],
  },
  {
    guard: 'token in the key of a response',
    prevents: 'what a token may see is answered to a narrower one of the same user',
    edits: [['http/response-cache.ts', "new Set(['authorization'])", 'new Set<string>()']],
    noticed: ['http/unstorable', 'another token of the same user'],
  },
  {
    guard: 'cookies of a response',
    prevents: 'a cookie, or a page made for one, is stored',
    edits: [['http/storable.ts', "if (headers.has('set-cookie')) return { cause: 'set-cookie' };", '']],
    noticed: ['http/unstorable', 'set-cookie: a cookie'],
  },
  {
    guard: 'no-store of a handler',
    prevents: 'a response is stored though its handler forbids it',
    edits: [['http/storable.ts', "directive === 'no-store' || ", '']],
    noticed: ['http/unstorable', 'cache-control: no-store'],
  },
  {
    guard: 'length of a response',
    prevents: 'a response that broke off is stored as if it were whole',
    edits: [['http/load-response.ts', 'Number(length) !== body.length', 'Number(length) < 0']],
    noticed: ['http/unstorable', 'what is shorter than it says'],
  },
  {
    guard: 'conditions of a request hidden from the handler',
    prevents: 'a miss of a browser that has the page is not stored',
    edits: [['http/load-response.ts', "delete headers['if-none-match'];", '']],
    noticed: ['http/response-cache', 'the miss is stored whole'],
  },

  // What may be stored.
  {
    guard: 'stamp from before the load',
    prevents: 'what was loaded before an invalidation is stored after it',
    edits: [
      [
        'handle/load.ts',
        'const parsed = await parse(target, text);\n',
        'const parsed = await parse(target, text);\n    const stamp = bucket && stampOf((await scope.core.store.read(bucket.tag, [])).control);\n',
      ],
    ],
    noticed: ['handle/freshness', "'memory' invalidate of the key in this process beats"],
  },
  {
    guard: 'stamp of an eager refresh from before it',
    prevents: 'what a refresh loaded before an invalidation is stored after it',
    edits: [
      [
        'handle/load.ts',
        'const filling = { ...parsed, text, ttl: decided.ttl, grace: terms.grace, stamp,',
        'const filling = { ...parsed, text, ttl: decided.ttl, grace: terms.grace, stamp: target.policy.eager === undefined ? stamp : stampOf((await scope.core.store.read(bucket.tag, [])).control),',
      ],
    ],
    noticed: ['handle/eager', 'is not stored if the key was invalidated'],
  },
  {
    guard: 'soft timeout reads anew',
    prevents: 'what was invalidated while the load ran is served at the soft timeout',
    edits: [
      ['handle/soft.ts', 'await inGrace(scope, target, grace);', 'before ?? (await inGrace(scope, target, grace));'],
      [
        'handle/soft.ts',
        '  // Nobody may be there yet when it fails.\n',
        '  const before = await inGrace(scope, target, grace);\n',
      ],
    ],
    noticed: ['handle/timeout', 'never what was invalidated while the load ran'],
  },
  {
    guard: 'stamp from before the database write',
    prevents: 'of two writers at once the loser’s value is stored',
    edits: [
      [
        'handle/write.ts',
        'if (stored && ground) await supersede(scope, ground, target,',
        'if (stored && ground) await supersede(scope, (await groundOf(scope, bucket)), target,',
      ],
    ],
    noticed: ['handle/freshness', "'memory' writeThrough of two at once"],
  },
  {
    guard: 'no fill into an absent bucket (memory)',
    prevents: 'a fill from before an invalidation of everything brings the bucket back',
    edits: [
      [
        'store/memory/memory-store.ts',
        'if (!bucket) return Promise.resolve(false);',
        "if (!bucket) {\n      const [life = ''] = fill.stamp?.split('.') ?? [];\n      const reborn = new Bucket(life);\n      reborn.store(fill);\n      this.#resize(name, reborn);\n      return Promise.resolve(true);\n    }",
      ],
    ],
    noticed: ['store/memory-store', 'refuses where the bucket is gone'],
  },
  {
    guard: 'no fill into an absent bucket (Redis)',
    prevents: 'a fill from before an invalidation of everything, or an eviction, brings the bucket back',
    edits: [
      [
        'store/redis/scripts/fill.ts',
        "if not control then return { nonce, 'absent' } end",
        "if not control then\n  control = stamp\n  redis.call('HSET', bucket, 'c', control)\nend",
      ],
    ],
    noticed: ['store/redis-store', 'refuses where the bucket is gone'],
  },
  {
    guard: 'no fill without a stamp (memory)',
    prevents: 'what was loaded while nothing was known is stored',
    edits: [
      [
        'store/admission.ts',
        "if (stamp === undefined) return 'unstamped';",
        'if (stamp === undefined) return undefined;',
      ],
    ],
    noticed: ['store/memory-store', 'refuses without a stamp'],
  },
  {
    guard: 'no fill without a stamp (Redis)',
    prevents: 'what was loaded while nothing was known is stored',
    edits: [
      [
        'store/redis/scripts/admission.ts',
        "if stamp == '' then return 'unstamped' end",
        "if stamp == '' then return nil end",
      ],
    ],
    noticed: ['store/redis-store', 'refuses without a stamp'],
  },
  {
    guard: 'incarnation of the stamp (memory)',
    prevents: 'a bucket that begins anew admits what its last life would have refused',
    edits: [
      [
        'store/admission.ts',
        "if (parseControl(fences.control).incarnation !== then.incarnation) return 'incarnation';",
        '',
      ],
    ],
    noticed: ['store/memory-store', 'refuses a stamp from an earlier life'],
  },
  {
    guard: 'incarnation of the stamp (Redis)',
    prevents: 'a bucket that begins anew admits what its last life would have refused',
    edits: [['store/redis/scripts/admission.ts', "if incarnation ~= stamped then return 'incarnation' end", '']],
    noticed: ['store/redis-store', 'refuses a stamp from an earlier life'],
  },
  {
    guard: 'fence of the path (memory)',
    prevents: 'what was loaded before an invalidation is stored after it',
    edits: [
      [
        'store/admission.ts',
        "(fences.notes.get(prefix) ?? 0) > then.fence) ? 'fence' : undefined",
        '(fences.notes.get(prefix) ?? 0) > then.fence) ? undefined : undefined',
      ],
    ],
    noticed: ['store/memory-store', 'refuses a resent fill after an invalidation'],
  },
  {
    guard: 'fence of the path (Redis)',
    prevents: 'what was loaded before an invalidation is stored after it',
    edits: [['store/redis/scripts/admission.ts', "fields[i + 1] = 'p:' .. prefix", "fields[i + 1] = 'q:' .. prefix"]],
    noticed: ['store/redis-store', 'refuses a resent fill after an invalidation'],
  },
  {
    guard: 'fence of every prefix (memory)',
    prevents: 'the invalidation of a namespace misses loads of its keys',
    edits: [['store/admission.ts', 'return prefixes.some(', 'return prefixes.slice(-1).some(']],
    noticed: ['store/memory-store', 'refuses a:1: after an invalidation of a:'],
  },
  {
    guard: 'fence of every prefix (Redis)',
    prevents: 'the invalidation of a namespace misses loads of its keys',
    edits: [
      [
        'store/redis/scripts/admission.ts',
        'for i, prefix in ipairs(prefixes) do fields',
        'for i, prefix in ipairs({ prefixes[#prefixes] }) do fields',
      ],
    ],
    noticed: ['store/redis-store', 'refuses a:1: after an invalidation of a:'],
  },
  {
    guard: 'floor of dropped notes (memory)',
    prevents: 'an invalidation is forgotten behind 128 others',
    edits: [['store/admission.ts', "if (fences.floor > then.fence) return 'fence';", '']],
    noticed: ['store/memory-store', 'remembers an invalidation however many'],
  },
  {
    guard: 'floor of dropped notes (Redis)',
    prevents: 'an invalidation is forgotten behind 128 others',
    edits: [['store/redis/scripts/admission.ts', "local fields = { 'm' }", "local fields = { 'n' }"]],
    noticed: ['store/redis-store', 'remembers an invalidation however many'],
  },
  {
    guard: 'the fence rises with set (memory)',
    prevents: 'a load that began before a set overwrites it',
    edits: [['store/memory/memory-store.ts', 'if (fill.supersedes) bucket.invalidate(fill.prefixes.slice(-1));', '']],
    noticed: ['store/memory-store', 'stores, and refuses what was loaded before'],
  },
  {
    guard: 'the fence rises with set (Redis)',
    prevents: 'a load that began before a set overwrites it',
    edits: [['store/redis/scripts/fill.ts', "if ARGV[3] == '1' then", "if ARGV[3] == '2' then"]],
    noticed: ['store/redis-store', 'stores, and refuses what was loaded before'],
  },
  {
    guard: 'a set checks its stamp (memory)',
    prevents: 'of two writers at once the loser’s value is stored',
    edits: [
      [
        'store/memory/memory-store.ts',
        'if (!refused) bucket.store(fill);',
        'if (!refused || fill.supersedes) bucket.store(fill);',
      ],
    ],
    noticed: ['store/memory-store', 'leaves the path invalidated where another write came in between'],
  },
  {
    guard: 'a set checks its stamp (Redis)',
    prevents: 'of two writers at once the loser’s value is stored',
    edits: [['store/redis/scripts/fill.ts', 'if refused then return', "if refused and ARGV[3] ~= '1' then return"]],
    noticed: ['store/redis-store', 'leaves the path invalidated where another write came in between'],
  },
  {
    guard: 'a set that is not stored invalidates',
    prevents: 'what a set should have replaced is returned',
    edits: [['handle/write.ts', 'if (!stored) await invalidatePaths(scope, bucket, [target]);', '']],
    noticed: ['handle/cache', 'over the limit are returned and not stored'],
  },

  // While a write runs.
  {
    guard: 'a held control is no stamp',
    prevents: 'the row from before a commit is stored during it, and stays if the writer dies',
    edits: [['store/admission.ts', 'control === undefined || isHeld(control) ?', 'control === undefined ?']],
    noticed: ['handle/l1-races', 'not even what the hold does not cover'],
  },
  {
    guard: 'hold of mutate',
    prevents: 'the row from before a commit is stored while the write runs',
    edits: [['handle/invalidate.ts', '{ hold: { id, ms: HOLD_MS } }', '{}']],
    noticed: ['handle/freshness', "'memory' mutate keeps what loads during the write"],
  },
  {
    guard: 'the mark of a hold (Redis)',
    prevents: 'the control string does not say that a write is under way',
    edits: [['store/redis/scripts/lua.ts', "control = control .. '!'", "control = control .. ''"]],
    noticed: ['store/redis-store', 'mark the control until they are released'],
  },
  {
    guard: 'the mark of a hold (memory)',
    prevents: 'the control string does not say that a write is under way',
    edits: [['store/memory/bucket.ts', "${this.held ? '!' : ''}", "${this.held ? '' : ''}"]],
    noticed: ['store/memory-store', 'mark the control until they are released'],
  },
  {
    guard: 'holds survive invalidateAll (memory)',
    prevents: 'a logout during a write lets the old row be stored',
    edits: [['store/memory/memory-store.ts', 'if (bucket?.held) this.#create(name).inherit(bucket.holds);', '']],
    noticed: ['store/memory-store', 'move into the next life'],
  },
  {
    guard: 'holds survive invalidateAll (Redis)',
    prevents: 'a logout during a write lets the old row be stored',
    edits: [['store/redis/scripts/forget.ts', "if holds ~= '' then", "if holds == ';' then"]],
    noticed: ['store/redis-store', 'move into the next life'],
  },
  {
    guard: 'only the dead lose their holds (Redis)',
    prevents: 'a reader lifts the hold of a write that still runs',
    edits: [['store/redis/scripts/lua.ts', 'and tonumber(deadline) > t then', 'and tonumber(deadline) < t then']],
    noticed: ['store/redis-store', 'mark the control until they are released'],
  },
  {
    guard: 'mutate invalidates after its write too',
    prevents: 'where the hold could not be placed, what was loaded during the write stays',
    edits: [
      [
        'handle/invalidate.ts',
        'invalidatePaths(scope, bucket, targets, { release: id })',
        'invalidatePaths(scope, bucket, [], { release: id })',
      ],
    ],
    noticed: ['handle/failure', 'proceeds with the write'],
  },

  // Which loads are shared.
  {
    guard: 'control string in the join key',
    prevents: 'a reader who starts after an invalidation joins a load from before it',
    edits: [['handle/load.ts', '`${path.entry}\\n${control}`', '`${path.entry}`']],
    noticed: ['handle/freshness', "'memory' joining a reader who starts after"],
  },
  {
    guard: 'loads in flight by owner',
    prevents: 'one user joins the load of another',
    edits: [
      ['load/flights.ts', 'this.#owners.get(bucket)', "this.#owners.get('')"],
      ['load/flights.ts', 'this.#owners.set(bucket, flights)', "this.#owners.set('', flights)"],
    ],
    noticed: ['handle/distrust', 'joins no load of another user'],
  },
  {
    guard: 'loads without the store by owner',
    prevents: 'one user joins the load of another while Redis is down',
    edits: [
      ['load/without-store.ts', 'this.#owners.get(bucket)', "this.#owners.get('')"],
      ['load/without-store.ts', 'this.#owners.set(bucket, lanes)', "this.#owners.set('', lanes)"],
    ],
    noticed: ['load/without-store', 'nobody joins the load of another user'],
  },
  {
    guard: 'nobody joins a load that has started without the store',
    prevents: 'a reader gets what was loaded before another process invalidated it',
    edits: [['load/without-store.ts', 'lane.joinable = false;', '']],
    noticed: ['load/without-store', 'nobody joins a load that has started'],
  },

  // Whose reply it is.
  {
    guard: 'nonce of scripts',
    prevents: 'the answer to another call is taken for an acknowledged invalidation',
    edits: [['store/redis/redis-store.ts', 'if (echo !== nonce) throw this.#nonsense();', '']],
    noticed: ['store/redis-store', 'an invalidation that is answered with another reply'],
  },
  {
    guard: 'shape of what is read',
    prevents: 'the answer to another call is taken for a bucket',
    edits: [
      [
        'store/redis/redis-store.ts',
        'if (!isTexts(reply) || reply.length !== names + 1) throw this.#nonsense();',
        'if (names < 0) throw this.#nonsense();',
      ],
    ],
    noticed: ['store/redis-store', 'a read that is answered with another reply'],
  },
  {
    guard: 'a reply too many is noticed',
    prevents: 'every reply answers the command before it, from then on',
    edits: [
      ['store/redis/client.ts', 'if (message.startsWith(SURPLUS)) surplus();', 'if (message === SURPLUS) return;'],
    ],
    noticed: ['store/redis-store', 'by one reply too many'],
  },
  {
    guard: 'a reply too few is noticed',
    prevents: 'every read gets the answer of the next one, too late, for ever',
    edits: [['store/redis/redis-store.ts', 'else this.#probe(bucket);', '']],
    noticed: ['store/redis-store', 'by one that was lost'],
  },
  {
    guard: 'no key prefix',
    prevents: 'a prefix of the client decides the slot, or opens another’s bucket',
    edits: [['store/redis/client.ts', 'if (options.keyPrefix || node.keyPrefix) {', 'if (options.keyPrefixes) {']],
    noticed: ['store/redis-client', 'a client that would break the guarantee is refused'],
  },
  {
    guard: 'no reads from replicas',
    prevents: 'a replica that lags answers with what was invalidated',
    edits: [['store/redis/client.ts', 'if (readsReplicas) {', 'if (readsReplicas && !options) {']],
    noticed: ['store/redis-client', 'a client that would break the guarantee is refused'],
  },
  {
    guard: 'database 0',
    prevents: 'after a reconnect commands run in another database than before',
    edits: [['store/redis/client.ts', 'if (node.db !== undefined && node.db !== 0) {', 'if (node.db === -1) {']],
    noticed: ['store/redis-client', 'a client that would break the guarantee is refused'],
  },

  // When the store fails.
  {
    guard: 'invalidation of a Redis that is full',
    prevents: 'what is stale is served exactly when Redis is full',
    edits: [['store/redis/scripts/invalidate.ts', 'lua`#!lua flags=allow-oom\n', 'lua`#!lua\n']],
    noticed: ['store/redis-failure', 'Redis that is full (noeviction), with ioredis 6'],
  },
  {
    guard: 'invalidateAll of a Redis that is full',
    prevents: 'a user cannot be forgotten exactly when Redis is full',
    edits: [['store/redis/scripts/forget.ts', 'lua`#!lua flags=allow-oom\n', 'lua`#!lua\n']],
    noticed: ['store/redis-failure', 'Redis that is full (noeviction), with ioredis 6'],
  },
  {
    guard: 'dirty users pass the cache by',
    prevents: 'this process serves what its own failed invalidation should have removed',
    edits: [
      [
        'store/guarded/guarded-store.ts',
        'read(bucket: string, names: readonly string[]): Promise<Snapshot<E>> {\n    if (this.#dirty.has(bucket))',
        "read(bucket: string, names: readonly string[]): Promise<Snapshot<E>> {\n    if (this.#dirty.has(bucket) && bucket === '')",
      ],
    ],
    noticed: ['handle/failure', 'a user of whom an invalidation was not acknowledged'],
  },
  {
    guard: 'dirty users store nothing',
    prevents: 'what was loaded before an invalidation that failed is stored after it',
    edits: [
      [
        'store/guarded/guarded-store.ts',
        '    }\n    if (this.#dirty.has(bucket)) return',
        "    }\n    if (this.#dirty.has(bucket) && bucket === '') return",
      ],
    ],
    noticed: ['handle/failure', 'stores nothing that began to load before'],
  },
  {
    guard: 'dirty from before the invalidation is sent',
    prevents: 'a reader is answered from the cache while an invalidation is on its way',
    edits: [
      [
        'store/guarded/dirty.ts',
        'const bucket = this.#bucket(name);\n    bucket.sent += 1;',
        'const bucket = this.#bucket(name);\n    bucket.sent += 0;\n    this.#settle(name, bucket);',
      ],
    ],
    noticed: ['store/guarded/dirty', 'are dirty from before an invalidation is sent'],
  },
  {
    guard: 'a failed invalidation is owed',
    prevents: 'an invalidation that failed is forgotten',
    edits: [['store/guarded/dirty.ts', '      bucket.debt = { prefixes };\n', '']],
    noticed: ['store/guarded/dirty', 'stay dirty until what failed is acknowledged'],
  },
  {
    guard: 'an older answer pays no newer debt',
    prevents: 'an invalidation that failed is forgotten because an earlier one arrived',
    edits: [['store/guarded/dirty.ts', 'if (pays && bucket.debt === pays) {', 'if (pays && bucket.debt) {']],
    noticed: ['store/guarded/dirty', 'are not cleaned of'],
  },
  {
    guard: 'everybody is dirty where there are too many',
    prevents: 'the user after the last who is remembered is served stale data',
    edits: [['store/guarded/dirty.ts', 'return this.#overflowed || ', 'return ']],
    noticed: ['store/guarded/dirty', 'are all dirty where there are too many'],
  },

  // Copies in the process.
  {
    guard: 'proof of a copy',
    prevents: 'a copy is returned that another process invalidated',
    edits: [['handle/find.ts', 'if (copy.control !== control) return false;', '']],
    noticed: ['handle/l1-races', 'copies that are validated needs one read'],
  },
  {
    guard: 'owner and path of a copy',
    prevents: 'a copy of another user or key is returned',
    edits: [
      [
        'handle/copies.ts',
        'const isForeign = copy.owner !== bucket.owner || copy.path !== text;',
        'const isForeign = false;',
      ],
    ],
    noticed: ['handle/l1-races', 'a copy of another owner or path is not returned'],
  },
  {
    guard: 'no copies under a hold',
    prevents: 'the row from before a commit is kept in the process',
    edits: [
      ['handle/copies.ts', "policy.l1 === 'off' || stamp === undefined || !content", "policy.l1 === 'off' || !content"],
    ],
    noticed: ['handle/l1-races', 'not even what the hold does not cover'],
  },
  {
    guard: 'frozen copies',
    prevents: 'what one request changes in a value the next request is given',
    edits: [['entry/freeze.ts', 'for (const part of parts) Object.freeze(part);', '']],
    noticed: ['entry/freeze', 'freezes what JSON can hold'],
  },
  {
    guard: 'frozen JSON',
    prevents: 'what one request changes in a value the next request is given',
    edits: [
      ['entry/freeze.ts', 'freezeJson(part, depth + 1);\n  Object.freeze(value);', 'freezeJson(part, depth + 1);'],
    ],
    noticed: ['entry/freeze', 'freezes whatever JSON says'],
  },
  {
    guard: 'joined values are frozen or parsed anew',
    prevents: 'what one of those who joined a load changes in its value the others see',
    edits: [['handle/read.ts', 'led || !loaded || loaded.frozen ? loaded', 'led || !loaded || loaded ? loaded']],
    noticed: ['handle/values', "each caller's own where they cannot be frozen"],
  },
  {
    guard: 'only frozen values are kept as they are',
    prevents: 'what one request changes in a value the next request is given, where there is no store',
    edits: [['handle/entries.ts', '!core.holdsValues || !frozen', '!core.holdsValues']],
    noticed: ['handle/values', "each caller's own where they cannot be frozen"],
  },
  {
    guard: 'owner of a value in the process',
    prevents: 'a value that was kept as it is is returned to another user',
    edits: [['handle/entries.ts', 'if (owner !== bucket.owner || path', 'if (path']],
    noticed: ['handle/values', 'of another owner is a miss'],
  },
  {
    guard: 'path of a value in the process',
    prevents: 'a value that was kept as it is is returned for another key',
    edits: [['handle/entries.ts', ' || path !== target.path.text', '']],
    noticed: ['handle/values', 'of another path is a miss'],
  },
  {
    guard: 'expiry of a value in the process',
    prevents: 'a value that was kept as it is outlives its TTL',
    edits: [
      ['handle/entries.ts', 'return expiresAt > scope.core.settings.now() - grace\n', 'return expiresAt > grace\n'],
    ],
    noticed: ['handle/values', 'is returned at its place until it expires'],
  },
  {
    guard: 'the bus must stand',
    prevents: 'copies are returned unasked while nobody says what is invalidated',
    edits: [['store/tiered/proof.ts', 'return this.stands() && ', 'return ']],
    noticed: ['handle/l1-races', 'copies that are bounded is proven by reads where the bus proves nothing'],
  },
  {
    guard: 'the age of a copy',
    prevents: 'a copy that nobody announces is never asked for anew',
    edits: [
      [
        'store/tiered/proof.ts',
        'return this.stands() && this.#clock() - provenAt < this.#maxStale;',
        'return this.stands();',
      ],
    ],
    noticed: ['handle/l1-races', 'copies that are bounded is asked for anew after maxStale'],
  },
  {
    guard: 'the age of a heartbeat',
    prevents: 'a bus that is silent is believed',
    edits: [
      [
        'store/tiered/proof.ts',
        'this.#provenAt !== undefined && this.#clock() - this.#provenAt < this.#maxStale',
        'this.#provenAt !== undefined',
      ],
    ],
    noticed: ['handle/l1-races', 'is asked for where the last heartbeat is older than maxStale'],
  },
  {
    guard: 'forgotten before it is sent',
    prevents: 'a copy is returned after the store has forgotten the entry',
    edits: [['store/tiered/tiered-store.ts', 'this.#copies.forget(bucket, prefixes);\n    try {', 'try {']],
    noticed: ['handle/l1-races', 'copies that are bounded an own invalidation is seen before it is answered'],
  },
  {
    guard: 'forgotten once it is answered',
    prevents: 'a read that overtook the invalidation brings the copy back',
    edits: [
      [
        'store/tiered/tiered-store.ts',
        '} finally {\n      this.#copies.forget(bucket, prefixes);\n    }',
        '} finally {\n    }',
      ],
    ],
    noticed: ['handle/l1-races', 'copies that are bounded a read between the sending and the doing'],
  },
  {
    guard: 'the moment of a copy',
    prevents: 'a reply from before an invalidation becomes a copy after it',
    edits: [['store/tiered/copies.ts', 'if (isOutdated || weight', 'if (weight']],
    noticed: ['store/tiered/copies', 'is not kept'],
  },
  {
    guard: 'a gap of the bus empties the copies',
    prevents: 'what was invalidated unheard is returned once the bus is back',
    edits: [
      [
        'store/tiered/proof.ts',
        'this.#provenAt = undefined;\n    this.#copies.clear();',
        'this.#provenAt = undefined;',
      ],
    ],
    noticed: ['handle/l1-races', 'copies that are bounded a read under way when the bus was found'],
  },
  {
    guard: 'a distrusted connection empties the copies',
    prevents: 'copies that came over shifted replies stay',
    edits: [
      ['store/tiered/tiered-store.ts', 'this.#copies.clear();\n    this.#store.distrust();', 'this.#store.distrust();'],
    ],
    noticed: ['handle/l1-races', 'nothing is left of a connection that is distrusted'],
  },
  {
    guard: 'announced in the script',
    prevents: 'other processes keep what was invalidated for as long as maxStale',
    edits: [['store/redis/scripts/announce.ts', "if channel == '' then return end", 'if channel then return end']],
    noticed: ['handle/l1', 'bounded copies on ioredis 6 are gone once invalidate of the key in another'],
  },
  {
    guard: 'announced where the bucket is gone',
    prevents: 'copies of a bucket that was evicted outlive its invalidation',
    edits: [['store/redis/scripts/invalidate.ts', "  announce(channel, '', prefixes)\n", '']],
    noticed: ['handle/l1', 'bounded copies on ioredis 6 are gone once an invalidation of a bucket that was evicted'],
  },
  {
    guard: 'a message that cannot be read is a gap',
    prevents: 'an invalidation in other words goes unheard',
    edits: [
      [
        'store/redis/bus.ts',
        'if (bucket === undefined || control === undefined) this.#missed();',
        'if (bucket === undefined || control === undefined) return;',
      ],
    ],
    noticed: ['store/bus', 'that says what it never says is not believed'],
  },
  {
    guard: 'a cut of the bus is a gap',
    prevents: 'what was published while the connection was away goes unheard',
    edits: [['store/redis/bus.ts', 'this.#life += 1;\n        this.#missed();', 'this.#life += 1;']],
    noticed: ['store/bus', 'that is cut and does not come back says so'],
  },
  {
    guard: 'a cut of the data connection is a gap',
    prevents: 'heartbeats of another primary prove what was published on this one',
    edits: [['store/redis/bus.ts', "data.on('close', this.#missed);", '']],
    noticed: ['store/bus', 'that is cut (normal)'],
  },

  // A handle is one request's, and a salt one life's.
  {
    guard: 'a handle ends with its response',
    prevents: 'a handle that was kept answers the next user with the data of the last',
    edits: [['identity/pin.ts', 'if (!response.writableEnded) return !response.closed;', 'return !response.closed;']],
    noticed: ['identity/ended', 'and never with the data of the last'],
  },
  {
    guard: 'who has gone is shown nothing that is stored',
    prevents: 'a handle of a request that broke off goes on answering',
    edits: [
      [
        'identity/pin.ts',
        'if (!response.writableEnded) return !response.closed;',
        'if (!response.writableEnded) return true;',
      ],
    ],
    noticed: ['identity/ended', 'returns nothing that is stored'],
  },
  {
    guard: 'no key without the salt',
    prevents: 'an entry that was sealed with the secret alone outlives the deletion of the salt',
    edits: [['entry/seal.ts', '(!salt && needsSalt(owner))', 'false']],
    noticed: ['identity/salts', 'never seals for a user without the salt'],
  },
  {
    guard: 'a salt is of one life',
    prevents: 'another process goes on sealing with the salt of a user who was erased',
    edits: [['identity/salts.ts', 'if (known?.incarnation === incarnation)', 'if (known)']],
    noticed: ['handle/salts', 'is looked up again when the bucket begins a new life'],
  },
  {
    guard: 'fences by the time',
    prevents:
      'a server that comes back with older data counts a fence twice, and what was stamped before passes for new',
    edits: [['store/redis/scripts/lua.ts', 'return math.max(fence + 1, now())', 'return fence + 1']],
    noticed: ['proof/server-faults/outages', 'what is invalidated from then on reaches copies'],
  },
  {
    guard: 'never from replicas',
    prevents: 'a cluster that has lost its primaries is read from replicas, which lag',
    edits: [
      ['store/redis/cluster.ts', "cluster.nodes('master').length === 0) cluster.disconnect(true);", 'false) return;'],
    ],
    noticed: ['store/cluster', 'never reads from a replica'],
  },

  // Writes of mongoose models.
  {
    guard: 'mongoose: a write says whose documents it changes',
    prevents: 'a write of which no owner can be told leaves what is cached of its owners',
    edits: [
      [
        'mongoose/stale.ts',
        "if (!ids || ids.includes('')) throw this.#unknown(model, operation);",
        'if (!ids) return [];',
      ],
    ],
    noticed: ['mongoose/owners', 'is refused before the database is asked'],
  },
  {
    guard: 'mongoose: every branch of $or tells an owner',
    prevents: 'rows of users whom the filter does not name are changed, and stay cached',
    edits: [['mongoose/told.ts', 'list.some((told) => told === undefined)', 'list.length < 0']],
    noticed: ['mongoose/told', 'is true of every document that the database finds'],
  },
  {
    guard: 'mongoose: a pattern is no owner',
    prevents: 'the same',
    edits: [['mongoose/told.ts', ' || condition instanceof RegExp', '']],
    noticed: ['mongoose/told', 'is true of every document that the database finds'],
  },
  {
    guard: 'mongoose: no owner under a collation',
    prevents: 'rows of users whose ids differ in case are changed, and stay cached',
    edits: [
      [
        'mongoose/stale.ts',
        'return collation ? undefined : toldByFilter(filter, owner);',
        'return toldByFilter(filter, owner ?? collation);',
      ],
    ],
    noticed: ['mongoose/owners', 'an owner under a collation'],
  },
  {
    guard: 'mongoose: the owner before the one that is saved',
    prevents: 'a document that changes hands stays cached for whose it was',
    edits: [['mongoose/stale.ts', 'document.$isNew || !document.isModified(owner)', "document.$isNew || owner !== ''"]],
    noticed: ['mongoose/owners', 'a document that changes hands'],
  },
  {
    guard: 'mongoose: a number and its text are told together',
    prevents: 'the session has 42 and the document has "42", and the write invalidates nothing',
    edits: [
      ['mongoose/spelling.ts', 'Number.isFinite(value) ? [value, String(value)]', 'Number.isFinite(value) ? [value]'],
    ],
    noticed: ['mongoose/owners', 'a number is also the user whose id is its text'],
  },
  {
    guard: 'mongoose: a field that changes cuts the key',
    prevents: 'what is cached under the new value stays',
    edits: [['mongoose/stale.ts', 'if (toldByUpdate(update, field) !== undefined) return undefined;', '']],
    noticed: ['mongoose/owners', 'a field of a key that changes cuts the key'],
  },
  {
    guard: 'mongoose: a write waits for its holds',
    prevents: 'what is loaded before the commit is stored, and a process that dies then leaves it',
    edits: [['mongoose/hold.ts', 'await Promise.race([begun, mutation]);', 'mutation.catch(() => begun);']],
    noticed: ['mongoose/holds', 'runs once the holds of all its owners stand'],
  },
  {
    guard: 'mongoose: an invalidation waits for the commit of its transaction',
    prevents: 'what is loaded between the invalidation and the commit is old, and is stored',
    edits: [
      [
        'mongoose/writes.ts',
        'if (!session?.inTransaction()) return hold(stale);',
        'if (!session || session) return hold(stale);',
      ],
    ],
    noticed: ['mongoose/transactions', 'invalidates at its commit'],
  },
  {
    guard: 'mongoose: holds before a commit',
    prevents: 'a commit invalidates nothing',
    edits: [['mongoose/transaction.ts', 'await holdForCommit(pending, session);', 'void holdForCommit;']],
    noticed: ['mongoose/transactions', 'holds from before its commit'],
  },
  {
    guard: 'mongoose: holds stay where the end of a commit is not known',
    prevents: 'what is loaded before a commit that arrives late is stored',
    edits: [['mongoose/transaction.ts', 'if (!isUnknown(error)) await', 'if (isUnknown) await']],
    noticed: ['mongoose/transactions', 'whose commit has an unknown end'],
  },
];
