import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PATIENCE, prove, SEED, sized } from '../../support/proof.js';
import { judge, type Verdict } from '../race/history.js';
import { Clients, request, type Seen, type Tally } from './clients.js';
import { assembled, bounded, MAX_STALE, type Processes } from './processes.js';

interface Deployment {
  readonly name: string;
  readonly start: (scheduler: fc.Scheduler, delay: () => number) => Processes;
  /** What another process invalidates may be stale for so long, in ms. */
  readonly maxStale: number;
}

const deployments: readonly Deployment[] = [
  { name: 'store', start: (...on) => assembled(...on, 'off'), maxStale: 0 },
  { name: 'validated', start: (...on) => assembled(...on, 'validated'), maxStale: 0 },
  { name: 'bounded', start: bounded, maxStale: MAX_STALE },
];

/** What else happens: time passes, the store forgets, a process hears its heartbeat or loses its connection to the bus. */
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(MAX_STALE / 2, MAX_STALE, 30_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('beat' as const, 'lose' as const), process: fc.nat({ max: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
);
/** One after the other, each so many turns after the one before. */
const happenings = fc.array(fc.record({ what: happening, after: fc.nat({ max: 30 }) }), { maxLength: 6 });
/** How much longer than others the replies of the store take, in turns; over and over again. */
const delays = fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 8 });

type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/** When the clock stood where, by logical time. */
interface Passed {
  readonly at: number;
  readonly clock: number;
}

async function happen(
  what: Happening,
  { clock, lines, evict }: Processes,
  passed: (clock: number) => void,
): Promise<void> {
  if (what.do === 'pass') {
    clock.advance(what.ms);
    passed(clock.now());
    await Promise.all(lines.map((line) => line.beat()));
  } else if (what.do === 'evict') await evict();
  else {
    if (what.do === 'lose') lines[what.process]?.lose();
    await lines[what.process]?.beat();
  }
}

interface Circumstances {
  readonly maxStale: number;
  readonly passed: readonly Passed[];
  /** The store lost everything once: also the hold of somebody who died. */
  readonly evicted: boolean;
}

/**
 * The history as each process may see it: what others wrote counts for it `maxStale` after it was acknowledged. What was
 * written by somebody who died counts for what comes from the cache.
 */
function judgeAll(history: readonly Seen[], { maxStale, passed, evicted }: Circumstances): Omit<Verdict, 'longest'> {
  const countsFrom = (write: Seen): number => {
    const from = passed.find(({ at, clock }) => at > write.end && clock >= write.clock + maxStale);
    return maxStale === 0 ? write.end : (from?.at ?? Infinity);
  };
  const stale = (process: number, mayJoin: boolean): number =>
    judge(
      history
        .filter((event) =>
          event.kind === 'read'
            ? event.process === process && event.mayJoin === mayJoin
            : !event.dead || !(mayJoin || evicted),
        )
        .map((event) =>
          event.kind === 'read' || event.process === process ? event : { ...event, end: countsFrom(event) },
        ),
    ).stale;
  const views = [0, 1].flatMap((process) => [stale(process, true), stale(process, false)]);
  const { reads, writes, foreign } = judge(history);
  return {
    reads,
    writes,
    stale: views.reduce((a, b) => a + b),
    foreign: foreign + history.filter((event) => event.kind === 'write' && event.foreign === true).length,
  };
}

it.each(deployments)(
  'two processes over one store: $name',
  { timeout: PATIENCE },
  async ({ name, start, maxStale }) => {
    const tally: Tally = { hits: 0, 'changed hands': 0, 'other errors': 0 };
    const total = { reads: 0, writes: 0, stale: 0, foreign: 0 };
    const { runs, hits } = await prove('interleavings', name, async () => {
      let runs = 0;
      const property = fc.asyncProperty(
        fc.scheduler(),
        fc.array(request, { minLength: 2, maxLength: 6 }),
        happenings,
        delays,
        fc.boolean(),
        async (scheduler, requests, happenings, delays, hears) => {
          runs += 1;
          let replies = 0;
          const processes = start(scheduler, () => delays[replies++ % delays.length] ?? 0);
          const clients = new Clients(scheduler, processes, tally);
          const passed: Passed[] = [];
          const pass = (clock: number): void => {
            passed.push({ at: clients.time(), clock });
          };
          const happenAll = async (): Promise<void> => {
            for (const { what, after } of happenings) {
              for (let i = 0; i <= after; i++) await scheduler.schedule(Promise.resolve(), what.do);
              await happen(what, processes, pass);
            }
          };
          await scheduler.waitFor(Promise.all([...requests.map((one) => clients.serve(one)), happenAll()]));
          await scheduler.waitFor(clients.readAll());
          // What is stale after this is stale for too long, whether all messages have been heard by now or none.
          const ending = happen({ do: 'pass', ms: MAX_STALE }, processes, pass);
          if (hears) await scheduler.waitFor(ending);
          await scheduler.waitFor(clients.readAll());
          const evicted = happenings.some(({ what }) => what.do === 'evict');
          const verdict = judgeAll(clients.history, { maxStale, passed, evicted });
          for (const count of ['reads', 'writes', 'stale', 'foreign'] as const) total[count] += verdict[count];
          expect({ ...verdict, ...tally }).toMatchObject({ stale: 0, foreign: 0, 'other errors': 0 });
        },
      );
      await fc.assert(property, { seed: SEED, numRuns: sized(1_000, 3_400) });
      return { runs, violations: total.stale + total.foreign + tally['other errors'], ...total, ...tally };
    });
    expect(hits).toBeGreaterThan(runs);
    expect(tally['changed hands']).toBeGreaterThan(runs / 20);
  },
);
