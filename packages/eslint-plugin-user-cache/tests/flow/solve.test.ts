import { describe, expect, it } from 'vitest';
import { pendingAfter } from './harness.js';

/** The shapes that ESLint's code path analysis gives, each with the trap it holds. */
const CASES: readonly (readonly [name: string, body: string, pending: string])[] = [
  ['a write', 'writeA();', 'a'],
  ['a write that is settled', 'writeA(); clearA();', ''],
  ['the invalidation of another entity', 'writeA(); clearB();', 'a'],
  ['an invalidation before the write', 'clearA(); writeA();', ''],
  ['an overwriting set after the write', 'writeA(); setA();', ''],
  ['an overwriting set before the write', 'setA(); writeA();', 'a'],
  ['two writes of two entities', 'writeA(); writeB(); clearA();', 'b'],
  ['an early return', 'writeA(); if (x) return; clearA();', 'a'],
  ['both branches', 'writeA(); if (x) { clearA(); } else { clearA(); }', ''],
  ['one branch', 'writeA(); if (x) { clearA(); }', 'a'],
  ['a write in one branch', 'if (x) { writeA(); } clearA();', ''],
  ['a throw after the write', 'writeA(); throw new Error();', 'never returns'],
  ['a call that never returns', 'writeA(); if (x) fail(); clearA();', ''],
  ['end-of-block edge: a catch that returns', 'try { writeA(); } catch { return; } clearA();', ''],
  ['end-of-block edge: a catch that goes on', 'try { writeA(); } catch { log(); }', 'a'],
  [
    'first-throw edge: a write before the try, no invalidation in it',
    'writeA(); try { work(); } catch { return; } clearA();',
    'a',
  ],
  ['first-throw edge: the invalidation was tried', 'writeA(); try { clearA(); } catch { return; }', ''],
  ['a write in the catch', 'try { work(); } catch { writeA(); return; }', 'a'],
  ['a try in a try', 'try { writeA(); try { clearA(); } catch { log(); } } catch { return; }', ''],
  ['a finalizer has two segments', 'try { writeA(); } finally { clearA(); }', ''],
  ['a finalizer after a return', 'try { writeA(); return 1; } finally { clearA(); }', ''],
  ['a finalizer behind a catch', 'try { writeA(); } catch { log(); } finally { clearA(); }', ''],
  ['a finalizer without an invalidation', 'try { writeA(); } finally { log(); }', 'a'],
  ['a switch with a default', 'writeA(); switch (x) { case 1: clearA(); break; default: clearA(); }', ''],
  ['a switch without a default', 'writeA(); switch (x) { case 1: clearA(); }', 'a'],
  ['a case that falls through', 'writeA(); switch (x) { case 1: case 2: clearA(); break; default: clearA(); }', ''],
  ['a loop that may not run', 'writeA(); for (const k of x) clearA();', 'a'],
  ['a loop that runs at least once', 'writeA(); do { clearA(); } while (x);', ''],
  ['a write in a loop, settled after it', 'for (const k of x) { writeA(); } clearA();', ''],
  ['a write that comes round again', 'for (const k of x) { if (y) setA(); writeA(); }', 'a'],
  ['an endless loop', 'for (;;) { writeA(); }', 'never returns'],
  ['an endless loop with a break', 'for (;;) { writeA(); if (x) break; }', 'a'],
  ['a labelled break', 'outer: for (;;) { for (;;) { writeA(); break outer; } } clearA();', ''],
  ['a logical expression', 'writeA(); x && clearA();', 'a'],
  ['an optional call', 'writeA(); x?.y(clearA());', 'a'],
  ['a conditional expression', 'writeA(); x ? clearA() : clearA();', ''],
  ['a default parameter', 'const g = (z = writeA()) => z;', ''],
  ['a callback is a path of its own', 'run(() => { writeA(); });', ''],
  ['code that cannot be reached', 'return; writeA();', ''],
  ['events of an expression in the order of evaluation', 'use(writeA(), clearA());', ''],
  ['a generator that is left at a yield goes on', 'writeA(); await x; clearA();', ''],
];

describe('solve', () => {
  it.each(CASES)('%s', (_name, body, pending) => {
    expect(pendingAfter(body)).toBe(pending);
  });

  it.each([
    ['between the calls of a block', 'try { writeA(); work(); clearA(); } catch { log(); }', 'a'],
    ['at the end of a block', 'try { writeA(); } catch { return; } clearA();', 'a'],
    ['before the write nothing is pending', 'try { work(); writeA(); clearA(); } catch { clearA(); }', ''],
    ['settled in the catch too', 'try { writeA(); clearA(); } catch { clearA(); }', ''],
    ['settled in the finalizer', 'try { writeA(); work(); } catch { log(); } finally { clearA(); }', ''],
  ])('with throwPaths, %s', (_name, body, pending) => {
    expect(pendingAfter(body, true)).toBe(pending);
  });
});
