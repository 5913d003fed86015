export { deferred, held } from '../../src/testing/held.js';
