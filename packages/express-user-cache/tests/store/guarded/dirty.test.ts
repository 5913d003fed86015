import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirtyBuckets, type Sending } from '../../../src/store/guarded/dirty.js';

describe('dirty buckets', () => {
  it('are dirty from before an invalidation is sent until it is acknowledged', () => {
    const dirty = new DirtyBuckets(10);
    const sending = dirty.sending('alice', ['a:'], true);
    expect([dirty.has('alice'), dirty.has('bob')]).toEqual([true, false]);
    dirty.acknowledged(sending);
    expect(dirty.has('alice')).toBe(false);
  });

  it('stay dirty until what failed is acknowledged, and the next invalidation carries it', () => {
    const dirty = new DirtyBuckets(10);
    dirty.failed(dirty.sending('alice', ['a:'], true));
    dirty.failed(dirty.sending('alice', ['b:'], false));
    expect(dirty.debtors(9)).toEqual(['alice']);
    const next = dirty.sending('alice', ['c:'], true);
    expect(next.prefixes).toEqual(['a:', 'b:', 'c:']);
    dirty.acknowledged(next);
    expect([dirty.has('alice'), dirty.debts]).toEqual([false, 0]);
  });

  it('are not cleaned by an invalidation that could not carry what is owed', () => {
    const dirty = new DirtyBuckets(10);
    dirty.failed(dirty.sending('alice', ['a:'], true));
    dirty.acknowledged(dirty.sending('alice', ['b:'], false));
    expect(dirty.has('alice')).toBe(true);
  });

  it.each([[['a:']], ['all']] as const)(
    'are not cleaned of %j by an answer to what was sent before it failed',
    (owed) => {
      const dirty = new DirtyBuckets(10);
      dirty.failed(dirty.sending('alice', owed, true));
      const resent = dirty.sending('alice', [], true);
      dirty.failed(dirty.sending('alice', owed, true));
      dirty.acknowledged(resent);
      expect(dirty.debtors(9)).toEqual(['alice']);
    },
  );

  it('owe everything once that is cheaper than the paths', () => {
    const dirty = new DirtyBuckets(10);
    for (let i = 0; i <= 100; i++) dirty.failed(dirty.sending('alice', [`${i}:`], false));
    expect(dirty.sending('alice', ['a:'], true).prefixes).toBe('all');
  });

  it('are all dirty where there are too many, until the others are paid', () => {
    const dirty = new DirtyBuckets(2);
    for (const name of ['a', 'b', 'c']) dirty.failed(dirty.sending(name, 'all', true));
    expect([dirty.debts, dirty.has('somebody')]).toEqual([2, true]);
    for (const name of dirty.debtors(9)) dirty.acknowledged(dirty.sending(name, [], true));
    expect([dirty.debts, dirty.has('somebody'), dirty.has('c')]).toEqual([0, false, false]);
  });

  it('one whose invalidation always fails does not keep the others waiting', () => {
    const dirty = new DirtyBuckets(9);
    for (const name of ['a', 'b']) dirty.failed(dirty.sending(name, 'all', true));
    dirty.failed(dirty.sending('a', [], true));
    expect(dirty.debtors(1)).toEqual(['b']);
  });

  it('cover every failed path with one acknowledged after it, whatever the order of answers', () => {
    const step = fc.oneof(
      fc.record({ send: fc.constantFrom('a:', 'b:', 'all' as const), carries: fc.boolean() }),
      fc.record({ answer: fc.nat(4), ok: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const dirty = new DirtyBuckets(10);
        const underWay: { sending: Sending; at: number }[] = [];
        // For each path, when it last failed: only what was sent after that may clean it.
        const failedAt = new Map<string, number>();
        steps.forEach((one, time) => {
          if ('send' in one) {
            const asked = one.send === 'all' ? one.send : [one.send];
            underWay.push({ sending: dirty.sending('alice', asked, one.carries), at: time });
            return;
          }
          const [answered] = underWay.splice(one.answer % Math.max(1, underWay.length), 1);
          if (!answered) return;
          const { sending, at } = answered;
          const paths = sending.prefixes === 'all' ? ['a:', 'b:'] : sending.prefixes;
          if (one.ok) {
            dirty.acknowledged(sending);
            for (const path of paths) if ((failedAt.get(path) ?? Infinity) < at) failedAt.delete(path);
          } else {
            dirty.failed(sending);
            for (const path of paths) failedAt.set(path, time);
          }
          if (failedAt.size > 0) expect(dirty.has('alice')).toBe(true);
        });
        for (const { sending } of underWay) dirty.acknowledged(sending);
        if (dirty.debts > 0) dirty.acknowledged(dirty.sending('alice', [], true));
        expect([dirty.has('alice'), dirty.debts]).toEqual([false, 0]);
      }),
      { seed: 20_262, numRuns: 2_000 },
    );
  });
});
