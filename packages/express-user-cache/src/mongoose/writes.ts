import { hold, type Release, type Stale } from './hold.js';
import type { Session } from './parts.js';
import { atCommit } from './transaction.js';

type Maybe<T> = T | null | undefined;

/** Before a write: holds, or leaves that to the commit of its transaction. */
export async function begin(session: Maybe<Session>, stale: readonly Stale[]): Promise<Release> {
  if (!session?.inTransaction()) return hold(stale);
  atCommit(session, stale);
  return () => Promise.resolve();
}

/** The error of a write is the one to tell, not that of the invalidation after it. */
export const releaseAfterError = (release: Release): Promise<void> => release().catch(() => undefined);

/** Writes under way that begin in one hook and end in another, by the document or query that is written. */
export class Writes {
  readonly #releases = new WeakMap<object, Release>();

  begun(by: object, release: Release): void {
    this.#releases.set(by, release);
  }

  /** A write that never began, or has ended, has nothing to release. */
  end(by: object): Release {
    const release = this.#releases.get(by);
    this.#releases.delete(by);
    return release ?? (() => Promise.resolve());
  }
}
