import type { Store } from '../../store/store.js';
import { admission, superseding } from './admission.js';
import { holds, invalidation, limits } from './invalidation.js';
import { reading } from './reading.js';
import type { StoreCase } from './store-case.js';

/** Everything that a store must do; a store that does it keeps every guarantee that stands on it. */
export const storeCases: readonly StoreCase[] = [
  ...reading,
  ...admission,
  ...invalidation,
  ...superseding,
  ...holds,
  ...limits,
];

/** What a test runner gives: vitest and Jest as they are, node:test with `afterAll: after`. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, check: () => Promise<void>) => unknown;
  readonly afterAll: (end: () => Promise<void>) => unknown;
}

/**
 * The conformance suite for a store: one `describe` with a case for everything that a store must do.
 *
 * ```ts
 * storeConformance('MyStore', () => new MyStore(), { describe, it, afterAll });
 * ```
 *
 * `create` is called once, before the first case; the store is closed after the last.
 */
export function storeConformance(name: string, create: () => Store, { describe, it, afterAll }: Runner): void {
  describe(`${name} conforms`, () => {
    let store: Store | undefined;
    const ready = async (): Promise<Store> => {
      if (!store) {
        store = create();
        await store.ready();
      }
      return store;
    };
    afterAll(async () => store?.close());
    for (const group of new Set(storeCases.map((one) => one.group))) {
      describe(group, () => {
        for (const one of storeCases.filter((other) => other.group === group)) {
          it(one.name, async () => {
            await one.run(await ready());
          });
        }
      });
    }
  });
}
