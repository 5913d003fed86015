import { startStandIn } from 'mongo-stand-in';
import { databaseContract } from '../database/contract.js';

// Always the stand-in, also where `tests/database` found a real MongoDB: neither may drift from the other.
databaseContract('the stand-in', async () => {
  const standIn = await startStandIn();
  return { uri: `mongodb://127.0.0.1:${standIn.port}/contract`, close: () => standIn.close() };
});
