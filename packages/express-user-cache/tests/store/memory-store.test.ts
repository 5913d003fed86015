import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/index.js';
import { storeConformance } from './conformance.js';

storeConformance('MemoryStore', () => new MemoryStore());

describe('MemoryStore', () => {
  it('forgets the least recently used users when it is full', async () => {
    const store = new MemoryStore({ maxBytes: 4_096 });
    const fill = async (user: string): Promise<void> => {
      const stamp = await store.open(user);
      const entry = { name: 'k:@1', entry: 'x'.repeat(1_000), ttl: 1_000, expiresAt: 1 };
      await store.fill(user, { stamp, prefixes: ['k:'], ...entry, maxEntries: 9, supersedes: false });
    };
    for (const user of ['a', 'b', 'c']) await fill(user);
    await store.read('a', []);
    await fill('d');
    const kept = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (user) => (await store.read(user, [])).control !== undefined),
    );
    expect(kept).toEqual([true, false, true, true]);
  });

  it('lifts a hold at its deadline, by its own clock', async () => {
    let now = 1_000;
    const store = new MemoryStore({ now: () => now });
    await store.invalidate('a', { prefixes: ['k:'], hold: { id: 'h', ms: 30_000 } });
    now += 29_999;
    expect(await store.open('a')).toMatch(/!$/);
    now += 1;
    expect(await store.open('a')).not.toMatch(/!$/);
  });
});
