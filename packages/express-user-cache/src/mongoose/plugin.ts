import type { Namespaces } from '../policy/namespaces.js';
import { hookDocuments, hookQueries } from './hooks.js';
import { checkRules, type InvalidateUserCacheOptions } from './options.js';
import type { AnySchema, Schema } from './parts.js';
import { StaleData } from './stale.js';
import { wrapStatics } from './statics.js';

/**
 * A schema plugin: every write of the model invalidates what it makes stale, for the users whose documents it changes, as
 * `mutate` around it would. In a transaction that happens around the commit.
 *
 * ```ts
 * schema.plugin(invalidateUserCache({ cache: () => cache, owner: 'userId', keys: { conversation: ['_id'], conversations: [] } }));
 * ```
 *
 * An operation of which no owner can be told rejects with `ERR_UC_OWNER_UNKNOWN` before the database is asked.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION`, when the schema takes the plugin
 */
export function invalidateUserCache<const N extends Namespaces>(
  options: InvalidateUserCacheOptions<N>,
): (schema: AnySchema) => void {
  return (given) => {
    const schema = given as Schema;
    const staleData = new StaleData(checkRules(options, schema));
    hookDocuments(schema, staleData);
    hookQueries(schema, staleData);
    wrapStatics(schema, staleData);
  };
}
