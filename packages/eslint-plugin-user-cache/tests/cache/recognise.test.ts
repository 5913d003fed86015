import { describe, expect, it } from 'vitest';
import { keyShapesOf } from '../../src/cache/keys.js';
import { recogniseCacheOp } from '../../src/cache/recognise.js';
import { printShape } from '../../src/key/print.js';
import { forEachCall } from '../parse.js';

/** Every cache operation of a file as `library op key`. */
function operations(code: string, settings: Readonly<Record<string, unknown>> = {}): string[] {
  return forEachCall(
    code,
    (call, analysis) => {
      const op = recogniseCacheOp(call, analysis);
      if (!op) return undefined;
      const keys = keyShapesOf(op, analysis).map(printShape).join(' ');
      return `${op.client.library} ${op.op} ${keys}`.trim();
    },
    settings,
  ).filter((answer) => answer !== undefined);
}

describe('recogniseCacheOp decides by the receiver', () => {
  it('knows what a constructor makes, through aliases and assignments', () => {
    const code = `import Redis from 'ioredis';
      let later; later = new Redis(); const alias = later;
      later.get('a'); alias.del('b', 'c'); alias.multi().set('d', 1).exec();`;
    expect(operations(code)).toEqual(['ioredis read a', 'ioredis delete b c', 'ioredis write d']);
  });

  it('knows what a factory makes, behind a chain and an await', () => {
    const code = `import * as redis from 'redis';
      const client = await redis.createClient().on('error', log).connect();
      client.setEx('a', 60, 1); client.HGET('b', 'f'); client.del(['c', 'd']);`;
    expect(operations(code)).toEqual(['node-redis write a', 'node-redis read b.f', 'node-redis delete c d']);
  });

  it('knows annotated parameters, fields and constructor properties by the module of the type', () => {
    const code = `import type { Redis } from 'ioredis'; import { Cache } from 'cache-manager';
      class A { private store!: Redis; constructor(private readonly box: Cache) {}
        f() { this.store.get('a'); this.box.wrap('b', load); } }
      function g(r: Redis, browser: Storage) { r.get('c'); browser.get('d'); }`;
    expect(operations(code)).toEqual(['ioredis read a', 'cache-manager load b', 'ioredis read c']);
  });

  it("does not take the browser's Cache for a library's", () => {
    expect(operations('function f(box: Cache) { box.get("a"); box.delete("b"); }')).toEqual([]);
  });

  it('knows req.userCache, req.sharedCache and what hangs off them', () => {
    const code = `app.get('/', ({ sharedCache }, res) => { sharedCache.get(['a']); });
      app.get('/', (req, res) => { req.userCache.namespace('n').set(['b', 1], x); req.userCache.invalidate(['c']);
        req.userCache.invalidateAll(); req.userCache.mutate(['d', req.params.id], write); });`;
    expect(operations(code)).toEqual([
      'shared-cache read a',
      'user-cache write b:1',
      'user-cache invalidate c',
      'user-cache clear',
      'user-cache mutate d:{req.params.id}',
    ]);
  });

  it('knows a Map that outlives the call, and no other', () => {
    const code = `const outer = new Map(); outer.set('a', 1);
      function f() { const inner = new Map(); inner.set('b', 1); }
      class A { static s = new Map(); m = new Map(); f() { this.m.get('c'); } }`;
    expect(operations(code)).toEqual(['map write a', 'map read c']);
  });

  it('takes an unresolved receiver for a cache by its name only', () => {
    const code = `redis.get('a'); this.cacheService.set('b', 1); helpers.petCache.del('c'); getRedisClient().get('d');
      router.get('x'); cacheKeys.get('x'); queryCache.get('x'); headers.set('x', 1);`;
    expect(operations(code)).toEqual(['generic read a', 'generic write b', 'generic delete c', 'generic read d']);
  });

  it('knows clients and operations of the settings', () => {
    const settings = {
      clients: [{ module: '~/kv', export: 'box', like: 'ioredis' }],
      operations: [{ callee: 'Store.*', op: 'load', key: 1, loader: 0 }],
    };
    const code = "import { box } from '~/kv'; box.hget('a', id); Store.keep(load, 'b');";
    expect(operations(code, settings)).toEqual(['ioredis read a.{id}', 'settings load b']);
  });

  it('summarises the functions of the file that hand their parameters on, also through each other', () => {
    const code = `import Redis from 'ioredis'; const r = new Redis();
      const drop = (id) => r.del('note:' + id);
      const dropAll = (one) => drop(one);
      async function remember(key, ttl, load) { const v = await load(); await r.get(key); await r.setex(key, ttl, v); }
      dropAll(7); remember('k', 60, f);`;
    expect(operations(code).slice(-2)).toEqual(['ioredis delete note:7', 'ioredis load k']);
  });

  it('leaves a function alone that loads by itself: it is judged where it stores', () => {
    const code = `import Redis from 'ioredis'; const r = new Redis();
      async function note(id) { const row = await Note.findById(id); await r.set('note:' + id, row); }
      note(1);`;
    expect(operations(code)).toEqual(['ioredis write note:{id}']);
  });

  it('ends on functions that call themselves and variables that name each other', () => {
    const code = 'const f = (k) => f(k); var a = b; var b = a; f("x"); a.get("x"); const g = () => g(); g().get("x");';
    expect(operations(code)).toEqual([]);
  });

  it('knows no method that a cache inherits from Object', () => {
    expect(
      operations("redis.toString('a'); redis.constructor('a'); redis.hasOwnProperty('a'); redis.__proto__('a');"),
    ).toEqual([]);
  });
});
