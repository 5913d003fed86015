import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insideLoad } from '../../src/load/inside.js';
import { LoadsWithoutStore } from '../../src/load/without-store.js';
import { type Held, held } from '../support/held.js';

const never = (): never => {
  throw new Error('a load ran that should have been joined');
};

describe('loads without the store', () => {
  it('one runs and one waits for a path; who comes meanwhile shares the one that waits', async () => {
    const loads = new LoadsWithoutStore<string>(100);
    const [first, second] = [held<string>(), held<string>()];
    const one = loads.join('alice', 'a', first.load);
    const two = loads.join('alice', 'a', second.load);
    const three = loads.join('alice', 'a', never);
    expect([one.led, two.led, three.led]).toEqual([true, true, false]);
    first.release('first');
    expect(await one.result).toBe('first');
    await second.started;
    second.release('second');
    expect(await Promise.all([two.result, three.result])).toEqual(['second', 'second']);
  });

  it('nobody joins a load that has started', async () => {
    const loads = new LoadsWithoutStore<string>(100);
    const first = held<string>();
    const before = loads.join('alice', 'a', first.load);
    await first.started;
    const after = loads.join('alice', 'a', () => Promise.resolve('new'));
    first.release('old');
    expect(await before.result).toBe('old');
    expect(await after.result).toBe('new');
  });

  it('nobody joins the load of another user', async () => {
    const loads = new LoadsWithoutStore<string>(1);
    const first = held<string>();
    const running = loads.join('alice', 'a', first.load);
    const waiting = loads.join('alice', 'a', () => Promise.resolve("alice's"));
    const bobs = loads.join('bob', 'a', () => Promise.resolve("bob's"));
    first.release("alice's");
    expect(await Promise.all([running.result, waiting.result, bobs.result])).toEqual(["alice's", "alice's", "bob's"]);
  });

  it('a load that fails fails for those who joined it, and the next one runs', async () => {
    const loads = new LoadsWithoutStore<string>(1);
    const first = held<string>();
    const failing = loads.join('alice', 'a', first.load);
    const second = held<string>();
    const joined = [loads.join('alice', 'a', second.load), loads.join('alice', 'a', never)];
    first.fail(new Error('first'));
    await expect(failing.result).rejects.toThrow('first');
    await second.started;
    const third = loads.join('alice', 'a', () => Promise.resolve('third'));
    second.fail(new Error('second'));
    for (const { result } of joined) await expect(result).rejects.toThrow('second');
    expect(await third.result).toBe('third');
  });

  it('no more run at a time than allowed, first come first served', async () => {
    const loads = new LoadsWithoutStore<string>(2);
    const order: number[] = [];
    const helds: Held<string>[] = Array.from({ length: 5 }, () => held<string>());
    const texts = helds.map(({ load }, i) =>
      loads.join(`user ${i}`, 'a', () => {
        order.push(i);
        return load();
      }),
    );
    expect(order).toEqual([0, 1]);
    helds[1]?.fail(new Error('its own error'));
    await expect(texts[1]?.result).rejects.toThrow('its own error');
    await helds[2]?.started;
    expect(order).toEqual([0, 1, 2]);
    for (const { release } of helds) release('done');
    await Promise.allSettled(texts.map(({ result }) => result));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('a load inside a load waits for no turn, or all turns could wait for each other', async () => {
    const loads = new LoadsWithoutStore<string>(1);
    const inner = (): Promise<string> => Promise.resolve('inner');
    const outer = async (): Promise<string> => {
      await Promise.resolve();
      // Somebody else's load of the inner path waits for the turn that this load has.
      return `outer ${(await loads.join('alice', 'inner', inner).result) ?? ''}`;
    };
    const outside = loads.join('alice', 'outer', () => insideLoad(outer));
    const waiting = loads.join('alice', 'inner', () => Promise.resolve('waited'));
    expect(await outside.result).toBe('outer inner');
    expect(await waiting.result).toBe('waited');
  });

  it('keeps both promises for whatever comes, in whatever order', async () => {
    const path = fc.constantFrom('alice a', 'alice b', 'bob a');
    const step = fc.oneof(fc.record({ ask: path }), fc.record({ end: fc.nat(5), fails: fc.boolean() }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), async (steps, most) => {
        const loads = new LoadsWithoutStore<string>(most);
        const running: (Held<string> & { at: number; of: string })[] = [];
        const answers: Promise<void>[] = [];
        let time = 0;
        const end = async (index: number, fails: boolean): Promise<void> => {
          const [one] = running.splice(index % Math.max(1, running.length), 1);
          if (fails) one?.fail(new Error('failed'));
          else one?.release(`${one.of} ${one.at}`);
          // All that follows from an end happens in microtasks.
          await new Promise(setImmediate);
        };
        for (const one of steps) {
          time += 1;
          if ('end' in one) {
            await end(one.end, one.fails);
            continue;
          }
          const asked = time;
          const [bucket = '', name = ''] = one.ask.split(' ');
          const { result } = loads.join(bucket, name, () => {
            const load = { ...held<string>(), at: time, of: one.ask };
            running.push(load);
            expect(running.length).toBeLessThanOrEqual(most);
            expect(running.filter(({ of }) => of === one.ask)).toHaveLength(1);
            return load.load();
          });
          answers.push(
            result.then(
              (answer) => {
                expect(answer?.startsWith(one.ask)).toBe(true);
                expect(Number(answer?.split(' ')[2])).toBeGreaterThanOrEqual(asked);
              },
              (error: unknown) => {
                expect(error).toEqual(new Error('failed'));
              },
            ),
          );
        }
        while (running.length > 0) await end(0, false);
        await Promise.all(answers);
      }),
      { seed: 20_261, numRuns: 200 },
    );
  });
});
