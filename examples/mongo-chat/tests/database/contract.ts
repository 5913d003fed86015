import { afterAll, beforeAll, beforeEach, describe } from 'vitest';

import { catalogueCases } from './contract-catalogue.js';
import { readCases } from './contract-reads.js';
import { connectContract, emptyContract, endContract, type Contract } from './contract-setup.js';
import { strictCases } from './contract-strict.js';
import { writeCases } from './contract-writes.js';

/** A first start may download a mongod. In ms. */
const OPEN_TIMEOUT = 600_000;

export interface Opened {
  readonly uri: string;
  close(): Promise<void>;
}

/** The database contract: what the app needs, the same cases for every database it can run on. */
export function databaseContract(name: string, open: () => Promise<Opened>): void {
  describe(name, () => {
    let opened: Opened;
    let contract: Contract;

    beforeAll(async () => {
      opened = await open();
      contract = await connectContract(opened.uri);
    }, OPEN_TIMEOUT);

    beforeEach(() => emptyContract(contract));

    afterAll(async () => {
      await endContract(contract);
      await opened.close();
    });

    describe('writes', () => {
      writeCases(() => contract);
    });
    describe('reads', () => {
      readCases(() => contract);
    });
    describe('catalogue', () => {
      catalogueCases(() => contract);
    });
    describe('strictly MongoDB', () => {
      strictCases(() => contract);
    });
  });
}
