import { setImmediate as turn } from 'node:timers/promises';
import { UserCacheError, type UserId } from '../../../src/index.js';
import { type Actor, job, OpenRequest } from './actors.js';
import type { Cache, World } from './deployments.js';
import { type By, type Call, KEYS, prefixesAt, type Program, REQUESTS, type Step } from './program.js';
import { get, getOrSet, type Objection } from './reads.js';
import { type Counts, type Made, Stage, WorkError } from './stage.js';
import { forget, mutate, set, writeThrough } from './writes.js';

/** Runs one program, and collects what was wrong. */
export class Run {
  readonly violations: string[] = [];
  readonly #world: World;
  readonly #ids: readonly UserId[];
  readonly #program: Program;
  readonly #stage: Stage;
  readonly #requests: OpenRequest[];

  constructor(world: World, maxStale: number, ids: readonly UserId[], program: Program, counts: Counts) {
    this.#world = world;
    this.#ids = ids;
    this.#program = program;
    this.#stage = new Stage(world.clock, maxStale, counts);
    this.#requests = Array.from(
      { length: REQUESTS },
      (_, index) => new OpenRequest(0, this.#cache(0), ids, index % program.users),
    );
  }

  async toTheEnd(): Promise<void> {
    const calls: Promise<void>[] = [];
    let going = 0;
    for (const step of this.#program.steps) {
      this.#stage.counts.steps += 1;
      if (!('by' in step)) {
        await this.#happen(step);
        continue;
      }
      going += 1;
      const call = this.#call(step).finally(() => {
        going -= 1;
      });
      calls.push(call);
      if (step.overlaps) continue;
      // For its own load that is held, or for one that is about to be.
      const mayWait = going > 1 || ('holds' in step && step.holds);
      await (mayWait ? Promise.race([call, this.#settled(step.by)]) : call);
    }
    this.#stage.releaseAll();
    await Promise.all(calls);
    await this.#readAll();
  }

  #cache(process: number): Cache {
    const cache = this.#world.processes[process];
    if (!cache) throw new RangeError('the program names a process that there is not');
    return cache;
  }

  /** What goes on in the process, if it waits for nothing but the store, has ended. */
  async #settled(by: By): Promise<void> {
    const caches = 'process' in by ? [this.#cache(by.process)] : this.#world.processes;
    for (let i = 0; i < 4; i++) {
      await Promise.all(caches.map((cache) => cache.forUser('somebody else').get(['profile'])));
      await turn();
    }
  }

  /** Whatever is no call. Sessions change between two turns: no answer is on its way then to whom it was promised. */
  async #happen(step: Exclude<Step, Call>): Promise<void> {
    await turn();
    switch (step.do) {
      case 'release':
        this.#stage.release(step.which);
        return;
      case 'pass':
        this.#world.clock.advance(step.ms);
        return;
      case 'evict':
      case 'flush':
        this.#stage.certainty.drop();
        await (step.do === 'flush' ? this.#world.flush(this.#ids) : this.#world.evict(this.#ids[step.user] ?? 0));
        this.#stage.certainty.drop();
        return;
      case 'request': {
        const { request, process, user } = step;
        this.#requests[request] = new OpenRequest(process, this.#cache(process), this.#ids, user);
        return;
      }
      case 'login':
        this.#requests[step.request]?.become(step.user);
        return;
      case 'logout':
        this.#requests[step.request]?.become(undefined);
    }
  }

  #actor({ by, do: call }: Call): Actor {
    if ('process' in by) return job(by.process, this.#cache(by.process), this.#ids, by.user);
    const request = this.#requests[by.request];
    if (!request) throw new RangeError('the program names a request that there is not');
    return request.actor(call);
  }

  async #call(call: Call): Promise<void> {
    const actor = this.#actor(call);
    const { reference, counts } = this.#stage;
    const [changes, wasOwn] = [actor.changes(), actor.current() === actor.user];
    const made: Made = { actor, reading: reference.reading(actor.user, actor.process), values: [], isDead: false };
    const wrong = (what: Objection): void => {
      if (what !== undefined) this.violations.push(`${what}: ${JSON.stringify(call)}`);
    };
    try {
      (await this.#perform(call, made)).forEach(wrong);
      const isTheirs = actor.current() === actor.user || call.do === 'invalidateUser' || made.isDead;
      if (!isTheirs) wrong('an answer to another user');
    } catch (error) {
      if (error instanceof UserCacheError && error.code === 'ERR_UC_OWNER_CHANGED') {
        counts['changed hands'] += 1;
        if (wasOwn && actor.changes() === changes) wrong('an owner that did not change');
      } else if (!this.#isExpected(error, made, call)) wrong(`an error (${String(error)})`);
    }
    for (const value of made.values) {
      value.ended = reference.time();
      value.began = Math.min(value.began, value.ended);
    }
  }

  /** Its own failure, or one that it may have waited for. */
  #isExpected(error: unknown, { reading, values }: Made, call: Call): boolean {
    if (!(error instanceof WorkError)) return false;
    if (values.includes(error.value)) return true;
    return call.do === 'getOrSet' && this.#stage.reference.objection(reading, call.key, error.value) === undefined;
  }

  /** What is wrong with what it returned. */
  async #perform(call: Call, made: Made): Promise<Objection[]> {
    const stage = this.#stage;
    const { own, cache, user } = made.actor;
    switch (call.do) {
      case 'get':
        return get(stage, made, [call.key], false);
      case 'getMany':
        return get(stage, made, call.keys, true);
      case 'getOrSet':
        return [await getOrSet(stage, made, call)];
      case 'writeThrough':
        return [await writeThrough(stage, made, call)];
      case 'mutate':
        return [await mutate(stage, made, call)];
      case 'set':
        await set(stage, made, call);
        return [];
      case 'invalidate': {
        const prefixes = prefixesAt(call.prefixes);
        await forget(stage, made, prefixes, () => own.invalidate(...prefixes));
        return [];
      }
      case 'invalidateAll':
        await forget(stage, made, 'all', () => own.invalidateAll());
        return [];
      case 'invalidateUser':
        if (user !== undefined) await forget(stage, made, 'all', () => cache.invalidateUser(this.#ids[user] ?? 0));
        return [];
    }
  }

  async #readAll(): Promise<void> {
    for (const process of this.#world.processes.slice(0, this.#program.processes).keys()) {
      for (let user = 0; user < this.#program.users; user++) {
        await this.#call({ do: 'getMany', by: { process, user }, overlaps: false, keys: [...KEYS.keys()] });
      }
    }
  }
}
