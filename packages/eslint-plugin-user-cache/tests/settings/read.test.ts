import { describe, expect, it } from 'vitest';
import { CACHES } from '../../src/catalog/caches.js';
import { keyMatcher, nameMatcher } from '../../src/settings/pattern.js';
import { settingsSchema } from '../../src/settings/schema.js';
import { forEachCall } from '../parse.js';

function readWith(settings: Readonly<Record<string, unknown>>): unknown {
  return forEachCall('f()', (_call, analysis) => analysis.settings, settings)[0];
}

describe('settings', () => {
  it('have defaults for all that is left out', () => {
    expect(readWith({ identity: { trusted: ['req.caller'] } })).toMatchObject({
      identity: { trusted: ['req.caller'], tenant: [], untrusted: [] },
      clients: [],
      entities: {},
      publicKeys: [],
    });
  });

  it.each([
    ['an unknown name', { clinets: [] }, "settings['user-cache']", 'clinets'],
    ['a RegExp', { publicKeys: [/x/] }, "settings['user-cache'].publicKeys[0]", 'settings are JSON'],
    ['a function', { invalidators: [() => 1] }, "settings['user-cache'].invalidators[0]", 'settings are JSON'],
    ['an empty pattern', { publicKeys: [''] }, "settings['user-cache'].publicKeys[0]", 'not empty'],
    ['a blank pattern', { userModels: [' '] }, "settings['user-cache'].userModels[0]", 'not empty'],
    ['an unknown library', { clients: [{ name: 'x', like: 'redis' }] }, 'clients[0].like', 'one of ioredis'],
    ['a client without a place', { clients: [{ like: 'ioredis' }] }, 'clients[0]', '`name` or `module`'],
    ['a missing operation', { operations: [{ callee: 'f' }] }, 'operations[0].op', 'a value'],
    [
      'a position that is none',
      { operations: [{ callee: 'f', op: 'read', key: -1 }] },
      'operations[0].key',
      'counted from 0',
    ],
    ['a list where an object belongs', { entities: [] }, "settings['user-cache'].entities", 'an object'],
    ['a name where a list belongs', { entities: { User: 'user' } }, 'entities.User', 'an array'],
  ])('refuse %s and say where', (_name, settings, path, expected) => {
    const failing = (): unknown => readWith(settings);
    expect(failing).toThrow(path);
    expect(failing).toThrow(expected);
  });
});

describe('the schema', () => {
  it('offers every library of the catalog, and no other', () => {
    const libraries = settingsSchema.clients.items?.properties?.like?.enum ?? [];
    expect([...libraries].sort()).toEqual(CACHES.map(({ library }) => library).sort());
  });
});

describe('patterns', () => {
  it('match whole dotted names, part by part', () => {
    const matches = nameMatcher(['keys.user.*', '*.vault', 'f']);
    expect(['keys.user.note', 'this.vault', 'services.vault', 'f', 'this.f'].map(matches)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(['keys.user', 'keys.user.a.b', 'xf', 'fx', 'keysXuser.a'].map(matches)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('match any text of a key', () => {
    const matches = keyMatcher(['config:*', 'a.b']);
    expect(['config:a:b', 'config:', 'config', 'a.b', 'axb'].map(matches)).toEqual([true, true, false, true, false]);
  });
});
