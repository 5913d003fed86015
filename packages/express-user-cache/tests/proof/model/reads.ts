import type { Certain } from './certainty.js';
import { type Call, keyAt, SHORT_TTL, ttlOf } from './program.js';
import type { Value } from './reference.js';
import type { Made, Stage } from './stage.js';

/** What is wrong with a call; nothing where nothing is. */
export type Objection = string | undefined;

export async function get(stage: Stage, made: Made, keys: readonly number[], isMany: boolean): Promise<Objection[]> {
  const { user, own } = made.actor;
  const expected = keys.map((key) => (user === undefined ? undefined : stage.certainty.expected(user, key)));
  const [first = 0] = keys;
  const returned: readonly unknown[] = isMany ? await own.getMany(keys.map(keyAt)) : [await own.get(keyAt(first))];
  return keys.map((key, index) => {
    const found = stage.valueOf(returned[index]);
    if (found) stage.counts.hits += 1;
    const missing = missed(stage, made, found, expected[index]?.());
    return missing ?? (found && stage.reference.objection(made.reading, key, found.value));
  });
}

export async function getOrSet(stage: Stage, made: Made, call: Call & { do: 'getOrSet' }): Promise<Objection> {
  const { certainty, clock, reference } = stage;
  const { key, outcome } = call;
  const { actor, reading, values } = made;
  const { user } = actor;
  const expected = user === undefined ? undefined : certainty.expected(user, key);
  const loading = user === undefined ? undefined : certainty.loading(user, key);
  const ttl = ttlOf(key, outcome === 'ttl' ? SHORT_TTL : undefined);
  let began = 0;
  try {
    const returned = await actor.own.getOrSet(keyAt(key), async (context) => {
      began = clock.now();
      if (outcome === 'ttl') context.ttl(ttl);
      if (outcome === 'skip') context.skip();
      return stage.work(call, key, made, outcome !== 'skip');
    });
    const [loaded] = values;
    if (loaded) loaded.diesAt = clock.now() + ttl;
    const found = stage.valueOf(returned);
    const certain = expected?.();
    if (found && !loaded) stage.counts.hits += 1;
    if (loaded?.mayBeStored && user !== undefined && loading?.alone()) {
      certainty.stored(user, key, { value: loaded, process: actor.process, livesUntil: began + ttl });
    }
    // Where something is certain no load may have run. What it loaded itself is certain only now.
    const missing = missed(stage, made, loaded ? undefined : found, certain);
    if (missing !== undefined) return missing;
    if (found) return reference.objection(reading, key, found.value);
    return loaded?.what === 'undefined' || reference.mayBeNothing(reading, key) ? undefined : 'nothing';
  } finally {
    loading?.end();
  }
}

/** Whether it did not return what it had to. */
function missed(
  { counts, clock, reference }: Stage,
  { actor }: Made,
  found: { readonly value: Value | undefined } | undefined,
  certain: Certain | undefined,
): Objection {
  if (!certain || certain.livesUntil <= clock.now()) return undefined;
  counts.certain += 1;
  if (!found) return 'missed what was stored';
  // A copy from before another process's write may be returned for a while; whether for too long is asked elsewhere.
  const mayBeOlder = certain.process !== actor.process && reference.maxStale > 0;
  return mayBeOlder || found.value === certain.value ? undefined : 'another value than what was stored';
}
