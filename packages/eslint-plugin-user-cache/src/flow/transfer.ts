/**
 * What a stretch of code does to the writes of a file, one bit a write.
 *
 * A write is *open* while nothing has invalidated its entity, and *pending* once it was made while open. So a transfer needs three
 * sets: the writes that stay open across it, those that stay pending across it, and those that become pending in it. Every event
 * touches each write on its own, so the transfer of a path is one composition and that of two paths is one union: a function's
 * summary is the transfer from its entry to its normal exits, and no second analysis is needed to use it at a call.
 */
export interface Transfer {
  readonly open: bigint;
  readonly pending: bigint;
  readonly made: bigint;
}

/** The algebra over the writes of one file. */
export interface Transfers {
  readonly identity: Transfer;
  /** The event that makes these writes. */
  readonly writes: (bits: bigint) => Transfer;
  /** The event that invalidates the entities of these writes: earlier writes are settled, later ones find nothing cached. */
  readonly invalidates: (bits: bigint) => Transfer;
  /** The event that overwrites what is cached. It settles earlier writes only: what it stored is stale after a later one. */
  readonly overwrites: (bits: bigint) => Transfer;
}

export function transfersOver(count: number): Transfers {
  const all = (1n << BigInt(count)) - 1n;
  return {
    identity: { open: all, pending: all, made: 0n },
    writes: (bits) => ({ open: all, pending: all, made: bits }),
    invalidates: (bits) => ({ open: all & ~bits, pending: all & ~bits, made: 0n }),
    overwrites: (bits) => ({ open: all, pending: all & ~bits, made: 0n }),
  };
}

/** First `before`, then `after`. */
export function compose(before: Transfer, after: Transfer): Transfer {
  return {
    open: before.open & after.open,
    pending: before.pending & after.pending,
    made: (before.made & after.pending) | (before.open & after.made),
  };
}

/** Either of two paths. `undefined` is a path that does not exist (yet). */
export function union(left: Transfer | undefined, right: Transfer | undefined): Transfer | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  return { open: left.open | right.open, pending: left.pending | right.pending, made: left.made | right.made };
}

export function equal(left: Transfer | undefined, right: Transfer | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.open === right.open && left.pending === right.pending && left.made === right.made;
}

export function bitsOf(bits: bigint): number[] {
  const indices: number[] = [];
  for (let rest = bits, index = 0; rest !== 0n; rest >>= 1n, index += 1) if ((rest & 1n) === 1n) indices.push(index);
  return indices;
}
