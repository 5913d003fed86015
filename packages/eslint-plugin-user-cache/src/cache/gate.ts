import { type Analysis, memoize } from '../analysis.js';

const MENTIONS_CACHE = /redis|valkey|cache|keyv|\blru|memcached|\bkv\b|remember|memo|new Map\b|getOrSet/i;

/** Whether a file can hold a cache at all. One look at the text spares most files everything else. */
export const mayUseCache = memoize((_ast: Analysis['sourceCode']['ast'], { sourceCode, settings }: Analysis) => {
  return settings.clients.length > 0 || settings.operations.length > 0 || MENTIONS_CACHE.test(sourceCode.text);
});
