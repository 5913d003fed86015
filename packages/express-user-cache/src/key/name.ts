import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How a path is called in a bucket. */
export interface PathName {
  /** The names of every prefix of the path, shortest first; the last one is the whole path. */
  readonly prefixes: readonly string[];
  /** The name of the entry itself: it begins with the name of every prefix and ends with the namespace's version. */
  readonly entry: string;
  /** The path and version in full, for what binds an entry to its place cryptographically. Never stored. */
  readonly text: string;
}

/** How owners and paths are called in a store: readable, or opaque where there is a secret. */
export interface Names {
  /** The tag of a bucket: of 128 bits or more, made of characters that are safe inside a Redis hash tag. */
  bucket(owner: string): string;
  path(parts: readonly string[], version: number): PathName;
  /** Forgets what it remembers of all owners and paths: a path may hold what a user typed, and does not say whose it is. */
  forget(): void;
}

/**
 * Every part ends with `:`, which occurs in no part, so that the name of a path is a prefix of another exactly when the
 * path is. The version comes last: two releases side by side have entries of their own, and an invalidation reaches both.
 */
const textOf = (parts: readonly string[]): string => {
  let text = '';
  for (const part of parts) text += `${part}:`;
  return text;
};

/** A hit needs no prefixes, so they are made when they are asked for. */
class ReadablePath implements PathName {
  readonly entry: string;
  readonly #parts: readonly string[];

  constructor(parts: readonly string[], version: number) {
    this.entry = `${textOf(parts)}@${version}`;
    this.#parts = parts;
  }

  get text(): string {
    return this.entry;
  }

  get prefixes(): string[] {
    return this.#parts.map((_, index) => textOf(this.#parts.slice(0, index + 1)));
  }
}

export const readableNames: Names = {
  bucket: (owner) => owner,
  path: (parts, version) => new ReadablePath(parts, version),
  forget: () => undefined,
};

/** 48 bits of each shorter prefix: a clash only invalidates too much. */
const PREFIX_LENGTH = 8;
/** 128 bits of the whole: a clash would be another entry's name, and the entry's header would still refuse it. */
const WHOLE_LENGTH = 22;
/** An HMAC costs as much as parsing 1 KB of JSON, so the names of hot owners and paths are kept. */
const REMEMBERED_NAMES = 10_000;

/** Names under HMAC-SHA-256: what stands in the store says neither who nor what. */
export function opaqueNames(key: Buffer): Names {
  const digests = new LRUCache<string, string>({ max: REMEMBERED_NAMES });
  const paths = new LRUCache<string, PathName>({ max: REMEMBERED_NAMES });
  const hash = (kind: 'owner' | 'path', text: string, length: number): string => {
    const input = `${kind}\n${text}`;
    let digest = digests.get(input);
    if (digest === undefined) {
      digest = createHmac('sha256', key).update(input).digest('base64url').slice(0, WHOLE_LENGTH);
      digests.set(input, digest);
    }
    return digest.slice(0, length);
  };
  const pathOf = (parts: readonly string[], text: string): PathName => {
    const prefixes: string[] = [];
    let prefix = '';
    parts.forEach((_, index) => {
      prefix += hash('path', textOf(parts.slice(0, index + 1)), PREFIX_LENGTH);
      prefixes.push(prefix);
    });
    return { prefixes, entry: prefix + hash('path', text, WHOLE_LENGTH), text };
  };
  return {
    bucket: (owner) => hash('owner', owner, WHOLE_LENGTH),
    path(parts, version) {
      const text = `${textOf(parts)}@${version}`;
      let path = paths.get(text);
      if (!path) paths.set(text, (path = pathOf(parts, text)));
      return path;
    },
    forget() {
      digests.clear();
      paths.clear();
    },
  };
}
