// Switches the guards of express-user-cache off one at a time: each time the test that is named for it must fail, and by an
// assertion. The table is packages/express-user-cache/tests/guards.mjs. No file is changed: a guard's text is replaced on
// its way to the tests.
//   node scripts/guards.mjs                   all of them
//   node scripts/guards.mjs --sample 40       so many, chosen by SEED; without it others every time
//   node scripts/guards.mjs <part of a name>  some
import { randomInt } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createVitest } from 'vitest/node';
import { guards } from '../packages/express-user-cache/tests/guards.mjs';
import { withRedis } from './redis.mjs';
import { main, root } from './run.mjs';

const folder = join(root, 'packages', 'express-user-cache');
const sourceOf = (file) => join(folder, 'src', file);
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Why a guard cannot be switched off. A text that is no longer there would pass for a guard that nothing needs. */
function moved({ edits }) {
  for (const [file, from] of edits) {
    const count = readFileSync(sourceOf(file), 'utf8').split(from).length - 1;
    if (count !== 1) return `the guard has moved: its text occurs ${count} times in src/${file}`;
  }
  return undefined;
}

/** A server of tests that stays: starting one for every guard would take longer than the tests. */
async function startServer() {
  let edits = [];
  const applied = new Set();
  const switchOff = {
    name: 'switch-off',
    enforce: 'pre',
    transform(code, id) {
      const here = edits.filter(([file]) => sourceOf(file) === id);
      here.forEach((edit) => applied.add(edit));
      return here.length === 0 ? undefined : here.reduce((text, [, from, to]) => text.replace(from, () => to), code);
    },
  };
  const vitest = await createVitest(
    'test',
    { root: folder, watch: false, reporters: [{}] },
    { plugins: [switchOff], logLevel: 'silent' },
  );
  const project = vitest.getRootProject();
  return {
    close: () => vitest.close(),

    /** What becomes of the tests with these names where the code is edited so. */
    async run(noticed, without = []) {
      const files = new Set(noticed.map(([file]) => join(folder, 'tests', `${file}.test.ts`)));
      const refresh = () => without.forEach(([file]) => vitest.invalidateFile(sourceOf(file)));
      edits = without;
      applied.clear();
      refresh();
      vitest.setGlobalTestNamePattern(noticed.map(([, name]) => literally(name)).join('|'));
      // It answers with the modules and the errors of all runs so far.
      const earlier = vitest.state.getUnhandledErrors().length;
      const result = await vitest.runTestSpecifications([...files].map((file) => project.createSpecification(file)));
      edits = [];
      refresh();
      const modules = result.testModules.filter(({ moduleId }) => files.has(moduleId));
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      return {
        ran: tests.filter((test) => ['passed', 'failed'].includes(test.result().state)).length,
        failures: tests.flatMap((test) => test.result().errors ?? []),
        crashes: [...modules.flatMap((module) => module.errors()), ...result.unhandledErrors.slice(earlier)],
        isWithout: applied.size === without.length,
      };
    },
  };
}

/** fast-check puts the assertion that failed into the cause of its own error. */
const isAssertion = (error) => error !== undefined && (error.name === 'AssertionError' || isAssertion(error.cause));

/** Why a guard that was switched off does not count as noticed; `undefined` where it does. */
function unnoticed({ ran, failures, crashes, isWithout }) {
  if (crashes.length > 0) return `the suite broke: ${crashes[0].message}`;
  if (ran === 0) return 'no test has the name that the table gives';
  if (!isWithout) return 'the test never loads its code';
  if (failures.length === 0) return 'NOTHING NOTICED IT';
  return failures.some(isAssertion) ? undefined : `no assertion failed, but: ${failures[0].message.split('\n')[0]}`;
}

/** With nothing switched off, all of these tests must pass; also, nothing of what was switched off may have stayed. */
function broken({ failures, crashes }) {
  const [first] = [...crashes, ...failures];
  return first && `with every guard in place a test fails: ${first.message.split('\n')[0]}`;
}

/** So many of them, by Lehmer's generator: the same ones for the same seed. */
function sampleOf(all, size, seed) {
  const left = [...all];
  let state = (seed % 2_147_483_646) + 1;
  const draw = () => left.splice((state = (state * 48_271) % 2_147_483_647) % left.length, 1);
  return Array.from({ length: Math.min(size, all.length) }, draw).flat();
}

await main(async () => {
  const start = performance.now();
  // What the tests prove without a guard is no proof.
  const proofs = process.env.PROOFS;
  delete process.env.PROOFS;
  delete process.env.PROVE;
  const { values, positionals } = parseArgs({ options: { sample: { type: 'string' } }, allowPositionals: true });
  const named = guards.filter(({ guard }) => positionals.every((part) => guard.includes(part)));
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  const chosen = values.sample === undefined ? named : sampleOf(named, Number(values.sample), seed);
  const problems = [];
  const say = (guard, problem) => {
    if (problem) problems.push(`${guard}: ${problem}`);
  };
  await withRedis(async (url) => {
    process.env.REDIS_URL = url;
    const server = await startServer();
    try {
      for (const one of chosen) say(one.guard, moved(one) ?? unnoticed(await server.run([one.noticed], one.edits)));
      say('none', broken(await server.run(chosen.map(({ noticed }) => noticed))));
    } finally {
      await server.close();
    }
  });
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  const counts = { runs: chosen.length, faults: chosen.length, violations: problems.length };
  const said = values.sample === undefined ? '' : ` (of ${guards.length}; SEED=${seed})`;
  console.log(
    `  PROOF guards, each switched off alone: guards ${chosen.length}${said}, unnoticed ${problems.length}, ${seconds} s`,
  );
  if (proofs) {
    const line = {
      suite: 'guards',
      variant: 'each switched off alone',
      ...counts,
      compared: false,
      seconds,
      seed: null,
    };
    appendFileSync(proofs, `${JSON.stringify(line)}\n`);
  }
  for (const problem of problems) console.error(`  ${problem}`);
  // Set in any case: a test that failed, as it had to, has left a 1 here.
  process.exitCode = problems.length > 0 || chosen.length === 0 ? 1 : 0;
});
