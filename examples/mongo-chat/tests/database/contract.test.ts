import { openDatabase } from '../../src/database/open.js';
import { databaseContract } from './contract.js';

databaseContract('the database that the app would open', () =>
  openDatabase({
    uri: process.env.MONGODB_URI,
    log: (line) => {
      console.info(`contract: ${line}`);
    },
  }),
);
