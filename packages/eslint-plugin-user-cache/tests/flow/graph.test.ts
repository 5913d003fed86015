import { describe, expect, it } from 'vitest';
import { type Collected, collect, nameOf, outermostFunction } from './harness.js';

function blocksWith(collected: Collected, name: string): number {
  const blocks = [...outermostFunction(collected).blocks.values()];
  return blocks.filter(({ events }) => events.some((event) => nameOf(event) === name)).length;
}

describe('the flow graph', () => {
  it('is handed over after Program:exit, when the program’s own path has ended', () => {
    expect(collect('work();').order).toEqual(['Program:exit', 'graph']);
  });

  it('holds nested functions before those around them', () => {
    const { graph } = collect('function outer() { const inner = () => {}; }');
    expect([...graph.keys()].map(({ type }) => type)).toEqual([
      'ArrowFunctionExpression',
      'FunctionDeclaration',
      'Program',
    ]);
  });

  it('gives class fields and static blocks paths of their own', () => {
    const { graph } = collect('class A { x = work(); static { work(); } }');
    expect([...graph.values()].map(({ path }) => path.origin)).toEqual([
      'class-field-initializer',
      'class-static-block',
      'program',
    ]);
  });

  it('records an event in the order of evaluation: arguments before the call', () => {
    const fn = outermostFunction(collect('function f() { outer(inner()); }'));
    expect([...fn.blocks.values()].flatMap(({ events }) => events.map(nameOf))).toEqual(['inner', 'outer']);
  });

  it('records the events of a finalizer in each of its segments', () => {
    expect(
      blocksWith(
        collect('function f() { try { work(); } catch { other(); return 1; } finally { clear(); } }'),
        'clear',
      ),
    ).toBeGreaterThan(1);
  });

  it('marks the entry of a catch', () => {
    const fn = outermostFunction(collect('function f() { try { work(); } catch (error) { log(error); } }'));
    expect([...fn.blocks.values()].filter(({ handler }) => handler !== undefined)).toHaveLength(1);
  });

  it('leaves out what cannot be reached', () => {
    expect(blocksWith(collect('function f() { return 1; work(); }'), 'work')).toBe(0);
  });
});
