import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Whose key it is. */
export interface Subject {
  readonly owner: string;
  readonly salt?: Buffer | undefined;
}

/** Encrypts entries so that only this owner, at this place, can open them. */
export interface Seal {
  /** `bound` is what the text is bound to: it must be the same when the entry is opened. */
  seal(text: string, subject: Subject, bound: string): string;
  /** The text, or `undefined` where the key is unknown or anything at all was changed. */
  open(sealed: string, subject: Subject, bound: string): string | undefined;
  /** Forgets the keys that were derived for an owner. Those of a salt go with the salt. */
  forget(owner: string): void;
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
 *
 * **Whoever needs a salt has no key without it**: an entry of theirs that was sealed with the secret alone would outlive the
 * deletion of the salt.
 */
export function createSeal(
  secrets: readonly [Buffer, ...Buffer[]],
  needsSalt: (owner: string) => boolean = () => false,
): Seal {
  const masters = new Map(secrets.map((secret) => [keyId(secret), secret]));
  const newest = keyId(secrets[0]);
  const keys = new LRUCache<string, Buffer>({ max: REMEMBERED_KEYS });

  /** By the salt object: when nobody holds the salt any more, its keys are gone too. */
  const salted = new WeakMap<Buffer, Map<string, Buffer>>();
  const keysOf = (salt: Buffer): Map<string, Buffer> => {
    let own = salted.get(salt);
    if (!own) salted.set(salt, (own = new Map<string, Buffer>()));
    return own;
  };

  const keyFor = (id: string, { owner, salt }: Subject): Buffer | undefined => {
    const master = masters.get(id);
    if (!master || (!salt && needsSalt(owner))) return undefined;
    const name = `${id}\n${owner}`;
    const known = salt ? keysOf(salt) : keys;
    let key = known.get(name);
    if (!key) {
      key = salt
        ? derive(master, salt, `uc:1:seal:salted\n${owner}`)
        : derive(master, createHash('sha256').update(owner).digest(), 'uc:1:seal');
      known.set(name, key);
    }
    return key;
  };

  return {
    seal(text, subject, bound) {
      const key = keyFor(newest, subject);
      if (!key) throw new Error('unreachable: nothing is offered for sealing without the salt that it needs');
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(bound));
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return newest + sealed.toString('base64url');
    },

    open(sealed, subject, bound) {
      const key = keyFor(sealed.slice(0, KEY_ID_LENGTH), subject);
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

    forget(owner) {
      for (const id of masters.keys()) keys.delete(`${id}\n${owner}`);
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

const derive = (master: Buffer, salt: Buffer, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', master, salt, info, 32));

const keyId = (secret: Buffer): string =>
  createHash('sha256').update('uc:1:key-id\n').update(secret).digest('base64url').slice(0, KEY_ID_LENGTH);
