/** A promise, and the hands that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** A promise that is settled from outside. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A load, or a write, that a test holds by hand. */
export interface Held<T> {
  /** Give it to `getOrSet`, `writeThrough` or `mutate`. It may be called more than once; every call ends together. */
  readonly load: () => Promise<T>;
  /** Resolves when the load has been started. */
  readonly started: Promise<void>;
  /** How often it was started. */
  readonly calls: () => number;
  /** Ends the load with its result. */
  readonly release: (value: T) => void;
  /** Ends the load with an error. */
  readonly fail: (error: Error) => void;
}

/**
 * A load held by hand: it ends when the test says so, so that a race is a sequence of lines and not a matter of luck.
 *
 * ```ts
 * const { load, started, release } = held<string>();
 * const loading = alice.getOrSet(['profile'], load);
 * await started;
 * await alice.invalidate(['profile']);
 * release('old');
 * ```
 */
export function held<T>(): Held<T> {
  const started = deferred<undefined>();
  const result = deferred<T>();
  let calls = 0;
  return {
    load: () => {
      calls += 1;
      started.resolve(undefined);
      return result.promise;
    },
    started: started.promise,
    calls: () => calls,
    release: result.resolve,
    fail: result.reject,
  };
}
