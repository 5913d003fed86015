import { describe, expect, it } from 'vitest';
import { type Transfer, bitsOf, compose, equal, transfersOver, union } from '../../src/flow/transfer.js';

const { identity, writes, invalidates, overwrites } = transfersOver(3);
const BASIC = [identity, writes(1n), writes(6n), invalidates(1n), invalidates(5n), overwrites(3n)];
const PAIRS = BASIC.flatMap((left) => BASIC.map((right) => compose(left, right)));
const join = (left: Transfer, right: Transfer): Transfer => union(left, right) ?? identity;

describe('transfers', () => {
  it('compose with the identity on either side to themselves', () => {
    for (const one of PAIRS) {
      expect(compose(identity, one)).toEqual(one);
      expect(compose(one, identity)).toEqual(one);
    }
  });

  it('compose associatively, so that a summary is as good as the body', () => {
    for (const a of BASIC)
      for (const b of PAIRS)
        for (const c of BASIC) expect(compose(compose(a, b), c)).toEqual(compose(a, compose(b, c)));
  });

  it('distribute over the union of paths, so that a summary loses nothing', () => {
    for (const a of BASIC) {
      for (const b of BASIC) {
        for (const c of PAIRS) {
          expect(compose(a, join(b, c))).toEqual(join(compose(a, b), compose(a, c)));
          expect(compose(join(b, c), a)).toEqual(join(compose(b, a), compose(c, a)));
        }
      }
    }
  });

  it('know that an invalidation settles what came before and empties what comes after', () => {
    expect(compose(writes(1n), invalidates(1n)).made).toBe(0n);
    expect(compose(invalidates(1n), writes(1n)).made).toBe(0n);
    expect(compose(invalidates(2n), writes(1n)).made).toBe(1n);
  });

  it('know that what was stored before a write is stale after it', () => {
    expect(compose(writes(1n), overwrites(1n)).made).toBe(0n);
    expect(compose(overwrites(1n), writes(1n)).made).toBe(1n);
  });

  it('hold more writes than a number has bits', () => {
    const many = transfersOver(200);
    expect(bitsOf(compose(many.writes(1n << 150n), many.writes(1n)).made)).toEqual([0, 150]);
  });

  it('tell a path that does not exist from one that does nothing', () => {
    expect(union(undefined, identity)).toBe(identity);
    expect(union(identity, undefined)).toBe(identity);
    expect(union(undefined, undefined)).toBeUndefined();
    expect(equal(undefined, identity)).toBe(false);
    expect(equal(undefined, undefined)).toBe(true);
  });
});
