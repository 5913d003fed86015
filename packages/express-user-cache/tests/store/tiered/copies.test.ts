import { beforeEach, describe, expect, it } from 'vitest';
import { Copies, type Copy } from '../../../src/store/tiered/copies.js';

const MAX_BYTES = 80_000;
const copy = (changes: Partial<Copy> = {}): Copy => ({
  control: 'life.0',
  owner: 'alice',
  path: 'a:@1',
  expiresAt: Infinity,
  content: { frozen: 1 },
  bytes: 10,
  provenAt: 0,
  ...changes,
});

describe('copies', () => {
  let copies: Copies;
  const keep = (bucket: string, name: string, changes?: Partial<Copy>): void => {
    copies.keep(bucket, name, copy(changes), copies.now());
  };
  const has = (bucket: string, ...names: string[]): boolean[] =>
    names.map((name) => copies.get(bucket, name) !== undefined);
  beforeEach(() => {
    copies = new Copies(MAX_BYTES, () => 0);
  });

  it('are kept by user and name', () => {
    keep('alice', 'a:@1');
    expect(copies.get('alice', 'a:@1')).toEqual(copy());
    expect(has('alice', 'a:@2', 'b:@1')).toEqual([false, false]);
    expect(has('bob', 'a:@1')).toEqual([false]);
  });

  describe('limits', () => {
    it('one user holds an eighth at most, and loses what was used least recently', () => {
      keep('bob', 'a:@1');
      for (let i = 0; i < 4; i++) keep('alice', `${i}:@1`, { bytes: 2_000 });
      expect(has('alice', '0:@1')).toEqual([true]);
      for (let i = 4; i < 200; i++) {
        keep('alice', `${i}:@1`, { bytes: 2_000 });
        copies.get('alice', '0:@1');
      }
      expect(has('alice', '0:@1', '1:@1', '198:@1', '199:@1')).toEqual([true, false, true, true]);
      expect(Array.from({ length: 200 }, (_, i) => has('alice', `${i}:@1`)[0]).filter(Boolean)).toHaveLength(4);
      expect(has('bob', 'a:@1')).toEqual([true]);
    });

    it('what is larger than that is not kept, and pushes nothing out', () => {
      keep('alice', 'a:@1');
      keep('alice', 'b:@1', { bytes: MAX_BYTES / 8 });
      expect(has('alice', 'a:@1', 'b:@1')).toEqual([true, false]);
    });

    it('the users who were not asked for longest go first', () => {
      const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
      for (const user of users) {
        keep(user, 'a:@1', { bytes: 8_000 });
        copies.get('user-0', 'a:@1');
      }
      const kept = users.filter((user) => has(user, 'a:@1')[0]);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept).toContain('user-0');
      expect(kept).toContain('user-19');
    });

    it('a name that is kept again weighs once', () => {
      for (let i = 0; i < 1_000; i++) keep('alice', 'a:@1', { bytes: 5_000 });
      keep('alice', 'b:@1', { bytes: 1_000 });
      expect(has('alice', 'a:@1', 'b:@1')).toEqual([true, true]);
    });
  });

  describe('forgetting', () => {
    it('of a path reaches all below it, in every version, and nothing else', () => {
      const names = ['a:@1', 'a:1:@1', 'a:1:@2', 'a:1:x:@1', 'a:11:@1'];
      for (const name of names) keep('alice', name);
      keep('bob', 'a:1:@1');
      copies.forget('alice', ['a:1:']);
      expect(has('alice', ...names)).toEqual([true, false, false, false, true]);
      expect(has('bob', 'a:1:@1')).toEqual([true]);
    });

    it('of everything leaves the other users', () => {
      keep('alice', 'a:@1');
      keep('bob', 'a:@1');
      copies.forget('alice', 'all');
      expect([...has('alice', 'a:@1'), ...has('bob', 'a:@1')]).toEqual([false, true]);
    });

    it('spares what was read after the invalidation that is only now heard of', () => {
      keep('alice', 'a:1:@1', { control: 'life.1' });
      keep('alice', 'a:2:@1', { control: 'life.0' });
      copies.forget('alice', ['a:'], 'life.1');
      expect(has('alice', 'a:1:@1', 'a:2:@1')).toEqual([true, false]);
    });
  });

  describe('what was under way', () => {
    const forgettings: readonly (readonly [string, () => void])[] = [
      [
        'a path of the user is forgotten',
        () => {
          copies.forget('alice', ['b:']);
        },
      ],
      [
        'the user is forgotten',
        () => {
          copies.forget('alice', 'all');
        },
      ],
      [
        'everybody is forgotten',
        () => {
          copies.clear();
        },
      ],
      [
        'the user is forgotten before so many others that it is not remembered',
        () => {
          copies.forget('alice', 'all');
          for (let i = 0; i < 20_000; i++) copies.forget(`user-${i}`, 'all');
        },
      ],
    ];
    it.each(forgettings)('while %s is not kept', (_, forget) => {
      const sent = copies.now();
      forget();
      copies.keep('alice', 'a:@1', copy(), sent);
      expect(has('alice', 'a:@1')).toEqual([false]);
      keep('alice', 'a:@1');
      expect(has('alice', 'a:@1')).toEqual([true]);
    });

    it('while another user is forgotten is kept', () => {
      const sent = copies.now();
      copies.forget('bob', 'all');
      copies.keep('alice', 'a:@1', copy(), sent);
      expect(has('alice', 'a:@1')).toEqual([true]);
    });
  });
});
