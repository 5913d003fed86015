/** Facts about a project that no file can tell by itself. JSON only: other linters hand settings over as JSON. */
export interface Settings {
  readonly identity: IdentitySettings;
  readonly clients: readonly ClientSetting[];
  readonly operations: readonly OperationSetting[];
  readonly keyBuilders: readonly KeyBuilderSetting[];
  /** Callees that invalidate cached entries, wherever they are defined. */
  readonly invalidators: readonly string[];
  readonly writers: readonly WriterSetting[];
  /** A model and the key prefixes its data is cached under. */
  readonly entities: Readonly<Record<string, readonly string[]>>;
  /** Keys that are shared on purpose. */
  readonly publicKeys: readonly string[];
  /** Key namespaces whose entries are always a user's. */
  readonly userNamespaces: readonly string[];
  /** Models whose rows are always a user's. */
  readonly userModels: readonly string[];
}

export interface IdentitySettings {
  readonly trusted: readonly string[];
  readonly tenant: readonly string[];
  readonly untrusted: readonly string[];
}

/** A cache client: by the name it has where it is used, or by the module (and export) it is imported from. */
export interface ClientSetting {
  readonly name?: string;
  readonly module?: string;
  readonly export?: string;
  /** The catalog entry whose methods it has. */
  readonly like: string;
}

/** A function of the project that works on the cache. Positions of arguments count from 0. */
export interface OperationSetting {
  readonly callee: string;
  readonly op: 'read' | 'write' | 'load' | 'delete' | 'invalidate' | 'clear' | 'mutate';
  readonly key?: number;
  readonly value?: number;
  readonly loader?: number;
  readonly ttl?: number;
  readonly unit?: 's' | 'ms';
}

export interface KeyBuilderSetting {
  readonly callee: string;
  /** `arguments`: scoped when an argument is; `none`: never scoped. */
  readonly scope: 'user' | 'tenant' | 'arguments' | 'none';
}

export interface WriterSetting {
  readonly callee: string;
  readonly entity: string;
}
