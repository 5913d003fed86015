/** Random numbers that a seed repeats. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  /** One of the items. @throws {RangeError} where there is none */
  readonly oneOf: <T>(items: readonly T[]) => T;
}

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003): not for secrets. `seed`: a whole number. */
export function seeded(seed: number): Random {
  // Zero is the one state that xorshift never leaves.
  let state = seed >>> 0 || 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  // Small seeds begin with small numbers.
  for (let i = 0; i < 8; i++) next();
  const between = (least: number, most: number): number => least + (next() % (most - least + 1));
  return {
    between,
    oneOf: (items) => {
      if (items.length === 0) throw new RangeError('there is nothing to choose from');
      return items[between(0, items.length - 1)] as (typeof items)[number];
    },
  };
}
