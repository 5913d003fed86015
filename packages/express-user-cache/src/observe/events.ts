import { channel } from 'node:diagnostics_channel';

/**
 * What is published on the diagnostics channel `express-user-cache`. Events name the namespace and the cause; never a
 * value, a user or a key.
 */
export type CacheEvent =
  /** `l1`: a copy in this process. */
  | { readonly type: 'hit'; readonly namespace: string; readonly tier: 'l1' | 'store' }
  | { readonly type: 'miss' | 'fill' | 'refused'; readonly namespace: string }
  /** A load failed or took longer than its timeout, and an expired value was served in its place. */
  | { readonly type: 'grace'; readonly namespace: string }
  /** A load took longer than `timeout.hard`; its signal has fired. */
  | { readonly type: 'load-timeout'; readonly namespace: string }
  /**
   * A load failed that nobody waited for any more: its reader got the entry in grace, or a hit had started it. The error is the application's and may name
   * the user, so it is not told here.
   */
  | { readonly type: 'refresh-failed'; readonly namespace: string }
  /** An entry was not what was asked for: `foreign` belongs to another owner or key, the others cannot be read. */
  | {
      readonly type: 'isolation';
      readonly namespace: string;
      readonly cause: 'foreign' | 'format' | 'seal' | 'json' | 'schema';
    }
  /**
   * A user's salt could not be read, or there is none: nothing of theirs is read or stored. The error is the application's and
   * may name the user, so it is not told here.
   */
  | { readonly type: 'salt'; readonly cause: 'unreadable' | 'absent' }
  /** The connection to the store gave a reply that nobody asked for, and is replaced. */
  | { readonly type: 'distrust' }
  /** An entry was larger than `limits.bytesPerEntry` and not stored. */
  | { readonly type: 'oversized'; readonly namespace: string; readonly bytes: number }
  /**
   * A response that `cache.response` recorded is not stored. `cache-control`: its handler forbids it. `vary`: it depends on a
   * header that was not part of its key; it is from the next request on. `header`: it has one that entries do not hold.
   * `content-encoding`: it is compressed for its client. `content-length`: it is not as long as it says. `bytes`: it is over
   * `limits.bytesPerEntry`. `aborted`: the client was gone before its end.
   */
  | {
      readonly type: 'unstorable';
      readonly namespace: string;
      readonly cause:
        | 'status'
        | 'set-cookie'
        | 'cache-control'
        | 'vary'
        | 'header'
        | 'content-encoding'
        | 'content-length'
        | 'bytes'
        | 'aborted';
    }
  /** Whether copies in this process are returned without asking: `lost` drops them all. */
  | { readonly type: 'bus'; readonly state: 'proven' | 'lost' }
  | {
      readonly type: 'store-error';
      readonly operation: 'read' | 'open' | 'fill' | 'invalidate' | 'lease';
      readonly error: unknown;
    }
  /** The store has failed so often that this process does not ask it for a while; it has answered again. */
  | { readonly type: 'breaker-open' | 'breaker-close' }
  /** An invalidation failed, or one that did has reached the store after all; how many users have one outstanding. */
  | { readonly type: 'dirty' | 'clean'; readonly users: number }
  /** Fewer replicas than `durability.replicas` have an invalidation that the primary acknowledged. */
  | { readonly type: 'durability'; readonly asked: number; readonly acknowledged: number };

const events = channel('express-user-cache');

export function publish(event: CacheEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
