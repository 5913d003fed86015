import { randomUUID } from 'node:crypto';
import type { Control, Stamp } from '../../store/admission.js';
import type { Fill, Store } from '../../store/store.js';

/** One thing that a store must do. */
export interface StoreCase {
  readonly group: string;
  readonly name: string;
  /** Rejects with an `AssertionError` where the store does otherwise. Leaves nothing in the store. */
  readonly run: (store: Store) => Promise<void>;
}

/** A bucket of a case's own, in short words. Paths are written `a:1:`, their entries `a:1:@1`. */
export interface Subject {
  readonly store: Store;
  readonly bucket: string;
  /** Whether the entries at the paths are there. */
  readonly has: (...paths: string[]) => Promise<boolean[]>;
  readonly control: () => Promise<Control | undefined>;
  readonly open: () => Promise<Control>;
  readonly fill: (stamp: Stamp | undefined, path: string, changes?: Partial<Fill>) => Promise<boolean>;
  readonly invalidate: (...prefixes: string[]) => Promise<void>;
  readonly forget: () => Promise<void>;
}

/** The text of the entry that a case stores at a path. */
export const entryOf = (path: string, expiresAt = 9_999_999_999_999): string =>
  `1\nbucket\n${path}@1\n${expiresAt}\n{"of":"${path}"}`;

/** A fill of a path under a stamp. */
function fillOf(stamp: Stamp | undefined, path: string, changes: Partial<Fill> = {}): Fill {
  const parts = path.split(':').filter((part) => part !== '');
  return {
    stamp,
    prefixes: parts.map((_, index) => `${parts.slice(0, index + 1).join(':')}:`),
    name: `${path}@1`,
    entry: entryOf(path),
    ttl: 60_000,
    expiresAt: 9_999_999_999_999,
    maxEntries: 256,
    supersedes: false,
    ...changes,
  };
}

function subjectOf(store: Store): Subject {
  const bucket = `conformance-${randomUUID()}`;
  return {
    store,
    bucket,
    async has(...paths) {
      const names = paths.map((path) => `${path}@1`);
      return (await store.read(bucket, names)).entries.map((entry) => entry !== undefined);
    },
    control: async () => (await store.read(bucket, [])).control,
    open: () => store.open(bucket),
    fill: (stamp, path, changes) => store.fill(bucket, fillOf(stamp, path, changes)),
    invalidate: (...prefixes) => store.invalidate(bucket, { prefixes }),
    forget: () => store.invalidate(bucket, { prefixes: 'all' }),
  };
}

/** The cases of a group: each gets a bucket of its own, which is gone afterwards. */
export function casesOf(
  group: string,
  cases: Readonly<Record<string, (subject: Subject) => Promise<void>>>,
): readonly StoreCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    group,
    name,
    async run(store) {
      const subject = subjectOf(store);
      try {
        await check(subject);
      } finally {
        await subject.forget();
      }
    },
  }));
}
