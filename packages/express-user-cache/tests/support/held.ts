export { type Deferred, deferred, type Held, held } from '../../src/testing/held.js';
