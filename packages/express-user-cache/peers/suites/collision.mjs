// Whose value does a user with a hostile name read, and what else goes when such a user's data is invalidated?
import { randomUUID } from 'node:crypto';
import { corpus, nameOf } from './corpus.mjs';
import { open } from './open.mjs';

const { url, adapter, configuration } = JSON.parse(process.argv[2]);

/** Loads count, so that what is still cached can be told from what is not. */
let loads = 0;
const load = (user, parts) => {
  loads += 1;
  return Promise.resolve({ name: nameOf({ user, parts }) });
};

const begin = () => open(adapter, { url, app: randomUUID().slice(0, 8), configuration, patience: 10_000, load });

/** Reads every identity once, in order. `undefined`: it was refused. */
async function readAll(cache, identities) {
  const values = [];
  for (const { user, parts } of identities) {
    values.push(
      await cache.read(user, parts).then(
        ({ name }) => name,
        () => undefined,
      ),
    );
  }
  return values;
}

const isPairOf = (family) => (pair) => pair.some((identity) => identity.family === family);
const pairsOf = (group) => group.flatMap((one, index) => group.slice(index + 1).map((other) => [one, other]));

/** Identities that share an entry, in groups; found by whose values they are given. Twice, as the first reader of some overwrites. */
async function collisions() {
  const cache = await begin();
  const first = await readAll(cache, corpus);
  const second = await readAll(cache, corpus);
  await cache.close();
  const groupOf = new Map(corpus.map((identity) => [nameOf(identity), [identity]]));
  for (const [index, identity] of corpus.entries()) {
    for (const given of [first[index], second[index]]) {
      const [mine, theirs] = [groupOf.get(nameOf(identity)), groupOf.get(given)];
      if (theirs === undefined || mine === theirs) continue;
      mine.push(...theirs);
      for (const moved of theirs) groupOf.set(nameOf(moved), mine);
    }
  }
  const groups = [...new Set(groupOf.values())];
  const shared = groups.flatMap(pairsOf);
  const foreign = shared.filter(([one, other]) => one.user !== other.user);
  const isRefused = (identity) => first[corpus.indexOf(identity)] === undefined;
  return {
    alone: groups.filter(({ length }) => length === 1).map(([identity]) => identity),
    counts: {
      pairs: pairsOf(corpus).length,
      refused: corpus.filter(isRefused).length,
      foreign: foreign.length,
      foreignByIllFormedText: foreign.filter(isPairOf('ill-formed text')).length,
      wrongKey: shared.length - foreign.length,
      example: foreign.find((pair) => !isPairOf('ill-formed text')(pair))?.map(({ user, parts }) => [user, parts]),
    },
  };
}

/** What else is gone, and what is still there, after all that one user has was invalidated. */
async function invalidations(way, identities) {
  const cache = await begin();
  const users = [...new Set(identities.map(({ user }) => user))];
  const counts = { users: users.length, alsoGone: 0, usersWhoTakeOthers: [], left: 0, usersWhoKeep: [], failed: 0 };
  for (const user of users) {
    await readAll(cache, identities);
    try {
      await cache.ways[way](user, []);
    } catch {
      counts.failed += 1;
      continue;
    }
    let alsoGone = 0;
    let left = 0;
    for (const identity of identities) {
      const before = loads;
      await cache.read(identity.user, identity.parts);
      const isGone = loads > before;
      if (identity.user === user && !isGone) left += 1;
      if (identity.user !== user && isGone) alsoGone += 1;
    }
    counts.alsoGone += alsoGone;
    counts.left += left;
    if (left > 0) counts.usersWhoKeep.push(user);
    if (alsoGone > 0) counts.usersWhoTakeOthers.push(user);
  }
  await cache.close();
  return counts;
}

const { alone, counts } = await collisions();
const whole = alone.filter(({ family }) => family !== 'ill-formed text');
const probe = await begin();
const ways = Object.keys(probe.ways).filter((way) => way !== 'entry');
await probe.close();
const invalidated = {};
for (const way of ways) invalidated[way] = await invalidations(way, whole);
process.send({ ...counts, invalidated }, () => process.exit());
