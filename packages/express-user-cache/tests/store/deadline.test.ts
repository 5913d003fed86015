import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../src/store/redis/deadline.js';
import { held } from '../../src/testing/index.js';

const as = <T>(result: T): T => result;
const never = (): Promise<never> => new Promise(() => undefined);

describe('a deadline', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  /** The results and the codes of what has settled, in that order. */
  const settled: unknown[] = [];
  const watch = (promise: Promise<unknown>): void => {
    promise.then(
      (result) => settled.push(result),
      (error: unknown) => settled.push((error as { code: string }).code),
    );
  };
  beforeEach(() => settled.splice(0));

  it('rejects what is late, each at its own moment, with one timer', async () => {
    watch(within(50, never(), as));
    await vi.advanceTimersByTimeAsync(30);
    watch(within(50, never(), as));
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(25);
    expect(settled).toEqual(['ERR_UC_STORE_UNAVAILABLE']);
    await vi.advanceTimersByTimeAsync(30);
    expect(settled).toEqual(['ERR_UC_STORE_UNAVAILABLE', 'ERR_UC_STORE_UNAVAILABLE']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('spares what settles in time, and not what was begun with it', async () => {
    const { load, release } = held<string>();
    watch(within(60, load(), as));
    watch(within(60, never(), as));
    release('in time');
    await vi.advanceTimersByTimeAsync(70);
    expect(settled).toEqual(['in time', 'ERR_UC_STORE_UNAVAILABLE']);
  });

  it('is over before a late result comes, which is looked at all the same', async () => {
    const { load, release } = held<string>();
    const accept = vi.fn(as);
    watch(within(70, load(), accept));
    await vi.advanceTimersByTimeAsync(80);
    expect(accept).not.toHaveBeenCalled();
    release('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(accept).toHaveBeenCalledWith('late');
    expect(settled).toEqual(['ERR_UC_STORE_UNAVAILABLE']);
  });
});
