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
  const needed = ({ user, key, start }: Event): number =>
    (acknowledged.get(`${user} ${key}`) ?? []).findLast(({ at }) => at < start)?.version ?? 0;
  return {
    reads: reads.length,
    writes: writes.length,
    stale: reads.filter((read) => read.version < needed(read)).length,
    foreign: reads.filter(({ foreign }) => foreign === true).length,
  };
}
