import { afterAll, describe, it } from 'vitest';
import type { Store } from '../../src/index.js';
import { storeConformance as conformance } from '../../src/testing/index.js';

/** The published suite, as vitest runs it. */
export const storeConformance = (name: string, create: () => Store): void => {
  conformance(name, create, { describe, it, afterAll });
};
