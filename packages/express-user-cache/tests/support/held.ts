export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

export interface Held<T> {
  readonly load: () => Promise<T>;
  /** Resolves when the load has been started. */
  readonly started: Promise<void>;
  readonly release: (value: T) => void;
  readonly fail: (error: Error) => void;
}

/** A load held by hand: it ends when the test says so. */
export function held<T>(): Held<T> {
  const started = deferred<undefined>();
  const result = deferred<T>();
  return {
    load: () => {
      started.resolve(undefined);
      return result.promise;
    },
    started: started.promise,
    release: result.resolve,
    fail: result.reject,
  };
}
