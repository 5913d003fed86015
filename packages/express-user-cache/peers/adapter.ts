/** A cache as an application would use it for data of its users. Every adapter makes one. */
interface Cache {
  /** Through the cache-aside function that the library has. */
  read(user: string, parts: readonly string[]): Promise<unknown>;
  /** The documented ways to invalidate, by name. `entry` drops one entry, all others whatever the user has. */
  readonly ways: {
    readonly entry: (user: string, parts: readonly string[]) => Promise<unknown>;
    readonly [everything: string]: (user: string, parts: readonly string[]) => Promise<unknown>;
  };
  /** Ends all connections, also those on which nothing is answered any more. */
  close(): Promise<unknown>;
}

/** What a suite gives to an adapter. */
interface Around {
  readonly url: string;
  /** Names this run in the Redis. */
  readonly app: string;
  /** One of the adapter's own configurations. */
  readonly configuration: string;
  /** How long the suite waits for a read, in ms, for caches with deadlines of their own. */
  readonly patience: number;
  readonly load: (user: string, parts: readonly string[]) => Promise<unknown>;
}

/** What a module in `adapters/` exports as `about`. */
export interface About {
  readonly name: string;
  /** The packages that it consists of, the one that the version is of first. */
  readonly packages: readonly string[];
  /**
   * By name, and who makes one key of a user and the parts of a key in each: the library, or the application by hand, as it
   * takes a string. The first one is for the suites in which memory would hide Redis.
   */
  readonly configurations: Readonly<Record<string, 'library' | 'application'>>;
  /** What its documentation says that bears on the result, and what the adapter does because of it. */
  readonly notes: readonly string[];
}

/** What a module in `adapters/` exports as `open`. */
export type Open = (around: Around) => Cache | Promise<Cache>;
