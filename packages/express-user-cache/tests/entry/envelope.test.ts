import { describe, expect, it } from 'vitest';
import { type Place, unwrap, wrap } from '../../src/entry/envelope.js';
import { createSeal } from '../../src/entry/seal.js';

const place: Place = { format: '1', bucket: 'alice', name: 'profile:@1', owner: 'alice', path: 'profile:@1' };
const seal = createSeal([Buffer.alloc(32, 1)]);
const elsewhere: readonly (readonly [string, Partial<Place>])[] = [
  ['another bucket', { bucket: 'bob' }],
  ['another path', { name: 'settings:@1' }],
  ['another version', { name: 'profile:@2' }],
  ['another bucket, and of another codec', { bucket: 'bob', format: '1 other' }],
];

describe.each([
  ['plain', undefined],
  ['sealed', seal],
])('a %s entry', (kind, sealing) => {
  const entry = wrap(place, 1_000, '{"name":"Alice"}', sealing);

  it('opens at its place until it expires', () => {
    expect(unwrap(entry, place, 999, sealing)).toEqual({ ok: true, text: '{"name":"Alice"}', expiresAt: 1_000 });
    expect(unwrap(entry, place, 1_000, sealing)).toEqual({ ok: false, cause: 'expired' });
  });

  it('under grace says for how long, and opens until it expires, or as long after as is asked for', () => {
    const graceful = wrap(place, 1_000, '{}', sealing, 500);
    expect(graceful).toContain('\n1000+500\n');
    expect(unwrap(graceful, place, 999, sealing)).toEqual({ ok: true, text: '{}', expiresAt: 1_000 });
    expect(unwrap(graceful, place, 1_000, sealing)).toEqual({ ok: false, cause: 'expired' });
    expect(unwrap(graceful.replace('+500', '+soon'), place, 0, sealing)).toEqual({ ok: false, cause: 'format' });
  });

  it.each(elsewhere)('is foreign at %s', (_, moved) => {
    expect(unwrap(entry, { ...place, ...moved }, 0, sealing)).toEqual({ ok: false, cause: 'foreign' });
  });

  it('of another format is not read', () => {
    expect(unwrap(entry.replace(/^1/, '2'), place, 0, sealing)).toEqual({ ok: false, cause: 'format' });
    for (const nonsense of ['', '1', '\n\n\n\n', 'null', '1\nalice\nprofile:@1\n', '1\nalice\nprofile:@1\nsoon\n{}']) {
      expect(unwrap(nonsense, place, 0, sealing).ok).toBe(false);
    }
  });

  it('of another codec is not read', () => {
    expect(unwrap(entry, { ...place, format: '1 other' }, 0, sealing)).toEqual({ ok: false, cause: 'format' });
    const other = wrap({ ...place, format: '1 other' }, 1_000, '[1]', sealing);
    expect(unwrap(other, place, 0, sealing)).toEqual({ ok: false, cause: 'format' });
    expect(unwrap(other, { ...place, format: '1 other' }, 0, sealing)).toMatchObject({ ok: true, text: '[1]' });
  });

  it('never opens truncated to another text', () => {
    for (let end = 0; end < entry.length; end++) {
      const opened = unwrap(entry.slice(0, end), place, 0, sealing);
      // A plain entry has no seal; what is cut off its end is no JSON any more, which the reader finds out.
      if (opened.ok) expect(kind === 'plain' && '{"name":"Alice"}'.startsWith(opened.text)).toBe(true);
    }
  });
});

describe('a sealed entry', () => {
  const text = '{"name":"Alice"}';
  const entry = wrap(place, 1_000, text, seal);

  it('shows nothing of its text, and is never the same twice', () => {
    expect(entry).not.toContain('Alice"');
    expect(wrap(place, 1_000, text, seal)).not.toBe(entry);
  });

  it('does not open with any bit of it flipped', () => {
    const bytes = Buffer.from(entry, 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const opened = unwrap(flipped.toString('latin1'), place, 0, seal);
      if (opened.ok) expect.fail(`bit ${bit} of ${bytes.length * 8} made no difference`);
    }
  });

  it('does not open in another spelling of the same bytes: decoders skip what they do not know', () => {
    for (const spelt of [`${entry}=`, `${entry} `, `${entry}\n`, `${entry}!`]) {
      expect(unwrap(spelt, place, 0, seal)).toEqual({ ok: false, cause: 'seal' });
    }
  });

  it('does not open with its last character exchanged for one that stands for the same bytes', () => {
    const bytesOf = (sealed: string): string => Buffer.from(sealed, 'base64url').toString('hex');
    const end = entry.lastIndexOf('\n') + 7;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const same = Array.from(alphabet)
      .map((last) => entry.slice(0, -1) + last)
      .filter((other) => other !== entry && bytesOf(other.slice(end)) === bytesOf(entry.slice(end)));
    // 44 bytes leave two bits over.
    expect(same).toHaveLength(3);
    for (const other of same) expect(unwrap(other, place, 0, seal)).toEqual({ ok: false, cause: 'seal' });
  });

  it('does not open for another owner or path behind the same names', () => {
    expect(unwrap(entry, { ...place, owner: 'bob' }, 0, seal)).toEqual({ ok: false, cause: 'seal' });
    expect(unwrap(entry, { ...place, path: 'settings:@1' }, 0, seal)).toEqual({ ok: false, cause: 'seal' });
  });

  it('does not open when its expiry was put off', () => {
    expect(unwrap(entry.replace('\n1000\n', '\n9999\n'), place, 0, seal)).toEqual({ ok: false, cause: 'seal' });
  });

  it('opens after a rotation, and not without its secret', () => {
    const [old, next] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const rotated = createSeal([next, old]);
    expect(unwrap(entry, place, 0, rotated)).toMatchObject({ ok: true, text });
    const fresh = wrap(place, 1_000, text, rotated);
    expect(unwrap(fresh, place, 0, seal)).toEqual({ ok: false, cause: 'seal' });
    expect(unwrap(fresh, place, 0, createSeal([next]))).toMatchObject({ ok: true, text });
    expect(unwrap(entry, place, 0, createSeal([next]))).toEqual({ ok: false, cause: 'seal' });
  });

  it('does not open with a tag of 4 bytes', () => {
    const end = entry.lastIndexOf('\n') + 1;
    const [header, sealed] = [entry.slice(0, end), entry.slice(end)];
    const bytes = Buffer.from(sealed.slice(6), 'base64');
    // Key id, nonce, as many bytes as the text has, tag.
    expect(bytes).toHaveLength(12 + text.length + 16);
    const short = Buffer.concat([bytes.subarray(0, -16), bytes.subarray(-16, -12)]);
    expect(unwrap(header + sealed.slice(0, 6) + short.toString('base64'), place, 0, seal).ok).toBe(false);
  });
});
