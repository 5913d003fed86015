/** What one call of one client saw; times in µs of the machine's monotonic clock, which all processes share. */
export interface Event {
  readonly kind: 'read' | 'write';
  readonly user: string;
  readonly key: number;
  readonly start: number;
  readonly end: number;
  readonly version: number;
  readonly foreign?: boolean;
}

export interface Verdict {
  readonly reads: number;
  readonly writes: number;
  readonly stale: number;
  /** The longest that a write had been acknowledged when a read began that missed it, in ms. */
  readonly longest: number;
  readonly foreign: number;
}

/**
 * Judges a history. A read that starts after a write was acknowledged, invalidation included, must return that write's version or a
 * later one. Versions of a row only rise, so it is enough to know the highest acknowledged one at any moment.
 */
export function judge(events: readonly Event[]): Verdict {
  const acknowledged = new Map<string, { at: number; version: number }[]>();
  const reads = events.filter(({ kind }) => kind === 'read');
  const writes = events.filter(({ kind }) => kind === 'write').sort((a, b) => a.end - b.end);
  for (const { user, key, end, version } of writes) {
    const row = acknowledged.get(`${user} ${key}`) ?? [];
    row.push({ at: end, version: Math.max(version, row.at(-1)?.version ?? 0) });
    acknowledged.set(`${user} ${key}`, row);
  }
  /** How long before this read its first successor was acknowledged; `undefined` if it may be what it is. */
  const late = ({ user, key, start, version }: Event): number | undefined => {
    const written = acknowledged.get(`${user} ${key}`) ?? [];
    const successor = written[written.findLastIndex((earlier) => earlier.version <= version) + 1];
    return successor && successor.at < start ? start - successor.at : undefined;
  };
  const stale = reads.map(late).filter((by) => by !== undefined);
  return {
    reads: reads.length,
    writes: writes.length,
    stale: stale.length,
    longest: Math.round(stale.reduce((most, by) => Math.max(most, by), 0) / 1_000),
    foreign: reads.filter(({ foreign }) => foreign === true).length,
  };
}
