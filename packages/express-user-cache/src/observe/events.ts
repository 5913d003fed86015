import { channel } from 'node:diagnostics_channel';

/**
 * What is published on the diagnostics channel `express-user-cache`. Events name the namespace and the cause; never a
 * value, a user or a key.
 */
export type CacheEvent =
  | { readonly type: 'hit' | 'miss' | 'fill' | 'refused'; readonly namespace: string }
  /** An entry was not what was asked for: `foreign` belongs to another owner or key, the others cannot be read. */
  | {
      readonly type: 'isolation';
      readonly namespace: string;
      readonly cause: 'foreign' | 'format' | 'seal' | 'json' | 'schema';
    }
  /** The connection to the store gave a reply that nobody asked for, and is replaced. */
  | { readonly type: 'distrust' }
  /** An entry was larger than `limits.bytesPerEntry` and not stored. */
  | { readonly type: 'oversized'; readonly namespace: string; readonly bytes: number }
  | {
      readonly type: 'store-error';
      readonly operation: 'read' | 'open' | 'fill' | 'invalidate';
      readonly error: unknown;
    };

const events = channel('express-user-cache');

export function publish(event: CacheEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
