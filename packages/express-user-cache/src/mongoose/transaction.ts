import { hold, type Release, type Stale } from './hold.js';
import type { Model, Options, Session } from './parts.js';

/** What the open transaction of a session makes stale, and what is held for a commit whose end is not known. */
interface Pending {
  stale: Stale[];
  holds: Release[];
}

const pendings = new WeakMap<Session, Pending>();

/** The session of an operation, also where mongoose passes it on by itself. */
export function sessionOf(model: Model, options: Options, own?: Session | null): Session | null | undefined {
  if (own !== undefined && own !== null) return own;
  if (Object.hasOwn(options, 'session')) return options.session;
  return model.db.base.transactionAsyncLocalStorage?.getStore()?.session;
}

/**
 * Puts the invalidation off until the transaction commits: before that nobody else sees what was written, and after an abort
 * nothing was. The holds stand from before the commit until it is known how it ended.
 */
export function atCommit(session: Session, stale: readonly Stale[]): void {
  const pending = pendings.get(session) ?? watch(session);
  pending.stale.push(...stale);
}

/** Drivers have no event for a commit, but `withTransaction` and `endSession` call these methods too. */
function watch(session: Session): Pending {
  const pending: Pending = { stale: [], holds: [] };
  const commit = session.commitTransaction.bind(session);
  const abort = session.abortTransaction.bind(session);
  session.commitTransaction = async (...options) => {
    if (pending.stale.length === 0) return commit(...options);
    await holdForCommit(pending, session);
    let result: unknown;
    try {
      result = await commit(...options);
    } catch (error) {
      // It may be committed later than we hear of it. The holds stay, for the commit that is tried again, or until they end.
      if (!isUnknown(error)) await releaseAll(pending).catch(() => undefined);
      throw error;
    }
    pending.stale = [];
    await releaseAll(pending).catch(rethrowToDriver);
    return result;
  };
  session.abortTransaction = async (...options) => {
    // It throws where a commit was asked for already, and may be asked for again.
    const result = await abort(...options);
    pending.stale = [];
    return result;
  };
  pendings.set(session, pending);
  return pending;
}

async function holdForCommit(pending: Pending, session: Session): Promise<void> {
  try {
    pending.holds.push(await hold(pending.stale));
  } catch (error) {
    // `withTransaction` would leave it open: it takes what a commit throws for the end of the transaction.
    await session.abortTransaction();
    rethrowToDriver(error);
  }
}

async function releaseAll(pending: Pending): Promise<void> {
  await Promise.all(pending.holds.splice(0).map((release) => release()));
}

/** The driver labels its errors. */
const isUnknown = (error: unknown): boolean =>
  error instanceof Error &&
  (error as { hasErrorLabel?: (label: string) => boolean }).hasErrorLabel?.('UnknownTransactionCommitResult') === true;

/** `withTransaction` asks whatever a commit throws for its labels, as the driver's own errors have them. */
function rethrowToDriver(error: unknown): never {
  if (error instanceof Error) Object.defineProperty(error, 'hasErrorLabel', { value: () => false });
  throw error;
}
