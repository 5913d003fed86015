import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Encrypts entries so that only this owner, at this place, can open them. */
export interface Seal {
  /** `bound` is what the text is bound to: it must be the same when the entry is opened. */
  seal(text: string, owner: string, bound: string): string;
  /** The text, or `undefined` where the key is unknown or anything at all was changed. */
  open(sealed: string, owner: string, bound: string): string | undefined;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
/** Node 20 accepts tags of 4 bytes unless told otherwise, which would leave 2^-32 of 2^-128. */
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 6;
/** Deriving a key costs more than sealing an entry with it. */
const REMEMBERED_KEYS = 10_000;

/**
 * AES-256-GCM with a key per user, by HKDF-SHA-256 from the master secret. The newest secret seals; all of them open, by
 * the id in front, so that a rotation costs misses and no errors.
 */
export function createSeal(secrets: readonly [Buffer, ...Buffer[]]): Seal {
  const masters = new Map(secrets.map((secret) => [keyId(secret), secret]));
  const newest = keyId(secrets[0]);
  const keys = new LRUCache<string, Buffer>({ max: REMEMBERED_KEYS });

  const keyFor = (id: string, owner: string): Buffer | undefined => {
    const master = masters.get(id);
    if (!master) return undefined;
    const name = `${id}\n${owner}`;
    let key = keys.get(name);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', master, createHash('sha256').update(owner).digest(), 'uc:1:seal', 32));
      keys.set(name, key);
    }
    return key;
  };

  return {
    seal(text, owner, bound) {
      const key = keyFor(newest, owner);
      if (!key) throw new Error('unreachable: the newest key id names a secret');
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(bound));
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return newest + sealed.toString('base64url');
    },

    open(sealed, owner, bound) {
      const key = keyFor(sealed.slice(0, KEY_ID_LENGTH), owner);
      const bytes = key && decode(sealed.slice(KEY_ID_LENGTH));
      if (!bytes || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(bound));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      try {
        // What update() returned is not authentic before final() has checked the tag. Of GCM it returns nothing more.
        decipher.final();
      } catch {
        return undefined;
      }
      return text.toString('utf8');
    },
  };
}

/**
 * The bytes that base64url text is written as, if it is the one text that they are written as: Node's decoder also knows
 * another alphabet, skips what is in neither, and ignores the bits that are left over at the end.
 */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const whole = Math.floor((text.length * 3) / 4) === bytes.length && !text.includes('+') && !text.includes('/');
  const tail = bytes.subarray(bytes.length - (bytes.length % 3)).toString('base64url');
  return whole && text.length % 4 !== 1 && text.endsWith(tail) ? bytes : undefined;
}

const keyId = (secret: Buffer): string =>
  createHash('sha256').update('uc:1:key-id\n').update(secret).digest('base64url').slice(0, KEY_ID_LENGTH);
