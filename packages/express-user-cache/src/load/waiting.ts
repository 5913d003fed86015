import type { Timers } from './timers.js';

/** What `work` resolves to, unless it takes longer than `ms`: then rejects with what `late` says. For ever without `ms`. */
export function settledWithin<T>(
  timers: Timers,
  ms: number | undefined,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  if (ms === undefined) return work;
  return new Promise((resolve, reject) => {
    const alarm = timers.alarm(ms, () => {
      reject(late());
    });
    const off = (): void => {
      alarm.off();
    };
    work.then(resolve, reject).finally(off);
  });
}

/** Whether `work` settles within `ms`; its result and its error are somebody else's. */
export function settlesWithin(timers: Timers, ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const alarm = timers.alarm(ms, () => {
      resolve(false);
    });
    const settled = (): void => {
      alarm.off();
      resolve(true);
    };
    work.then(settled, settled);
  });
}
