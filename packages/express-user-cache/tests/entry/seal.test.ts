import { describe, expect, it } from 'vitest';
import { createSeal } from '../../src/entry/seal.js';

describe('a seal', () => {
  const [alice, bob] = [{ owner: 'alice' }, { owner: 'bob' }];
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('has a key for each owner, even where nothing else tells two entries apart', () => {
    const seal = createSeal([one]);
    const sealed = seal.seal('text', alice, 'bound');
    expect(seal.open(sealed, bob, 'bound')).toBeUndefined();
    expect(createSeal([one]).open(sealed, bob, 'bound')).toBeUndefined();
    expect(createSeal([one]).open(sealed, alice, 'bound')).toBe('text');
  });

  it('does not open by an id that is no secret, and does not fail by it', () => {
    const sealed = createSeal([one]).seal('text', alice, 'bound');
    const open = (): string | undefined => createSeal([two]).open(sealed, alice, 'bound');
    expect(open).not.toThrow();
    expect(open()).toBeUndefined();
  });
});
