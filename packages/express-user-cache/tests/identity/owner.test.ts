import { describe, expect, it } from 'vitest';
import { EVERYBODY, sessionOwner, userOwner } from '../../src/identity/owner.js';

describe('owners', () => {
  it('a session is no user, not even one whose id is what its owner is called', () => {
    const session = sessionOwner('a session id');
    for (const id of [session, session.slice(1)]) expect(userOwner(id)).not.toBe(session);
  });

  it('everybody is no user', () => {
    expect(userOwner(EVERYBODY)).not.toBe(EVERYBODY);
  });

  it.each(['', '\ud800', NaN, Infinity, null, undefined, {}, ['alice'], true])('%j is nobody', (id) => {
    expect(() => userOwner(id)).toThrow(expect.objectContaining({ code: 'ERR_UC_BAD_OWNER' }) as Error);
  });
});
