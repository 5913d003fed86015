// `npm start`: the example, on whatever is there. It needs no service.
import { join } from 'node:path';
import { main, root } from './run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
  await setUp();
  await import(join(root, 'examples', 'mongo-chat', 'dist', 'server.js'));
});
