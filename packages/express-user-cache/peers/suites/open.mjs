/**
 * Opens the cache of an adapter.
 *
 * @param {string} adapter the name of its file
 * @param {import('../adapter.js').Around} around
 */
export async function open(adapter, around) {
  const module = await import(`../adapters/${adapter}.mjs`);
  return module.open(around);
}
