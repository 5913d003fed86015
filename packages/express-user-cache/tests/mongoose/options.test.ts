import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { invalidateUserCache } from '../../src/mongoose/index.js';
import { createCache } from './support.js';

const cache = createCache();
const right = { cache, owner: 'userId', keys: { conversation: ['_id'], conversations: [] } };

const apply = (options: object): void => {
  const schema = new mongoose.Schema({ userId: String, members: [String], nested: { id: String } });
  schema.plugin(invalidateUserCache(options as typeof right));
};

describe('the options of the plugin', () => {
  it.each([
    ['the middleware', right],
    ['a function that returns it', { ...right, cache: () => cache }],
    ['a field in another', { ...right, owner: 'nested.id' }],
    ['the document itself', { ...right, owner: '_id' }],
  ])('may be %s', (_, options) => {
    expect(() => {
      apply(options);
    }).not.toThrow();
  });

  it.each([
    ['no cache', { ...right, cache: undefined }, 'ERR_UC_BAD_OPTION'],
    ['an owner that is misspelt', { ...right, owner: 'usrId' }, 'ERR_UC_BAD_OPTION'],
    ['several owners in one document', { ...right, owner: 'members' }, 'ERR_UC_BAD_OPTION'],
    ['no keys', { ...right, keys: {} }, 'ERR_UC_BAD_OPTION'],
    ['keys that are a list', { ...right, keys: undefined }, 'ERR_UC_BAD_OPTION'],
    ['a field that is misspelt', { ...right, keys: { conversation: ['id_'] } }, 'ERR_UC_BAD_OPTION'],
    ['a field that is no list', { ...right, keys: { conversation: '_id' } }, 'ERR_UC_BAD_OPTION'],
    ['an option that does not exist', { ...right, key: {} }, 'ERR_UC_UNKNOWN_OPTION'],
  ])('may not be %s', (_, options, code) => {
    expect(() => {
      apply(options);
    }).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('name only namespaces that there are', () => {
    // @ts-expect-error a misspelt namespace does not compile
    invalidateUserCache({ cache, owner: 'userId', keys: { conversatoin: [] } });
    expect(() => invalidateUserCache({ cache: () => cache, owner: 'userId', keys: { profile: [] } })).not.toThrow();
  });

  it('a namespace that there is not is refused at the write, before the database is asked', async () => {
    const schema = new mongoose.Schema({ userId: String });
    const unknown: object = { ...right, keys: { conversatoin: [] } };
    schema.plugin(invalidateUserCache(unknown as typeof right));
    const model = mongoose.model('Unknown', schema);
    await expect(new model({ userId: 'alice' }).save()).rejects.toMatchObject({ code: 'ERR_UC_UNKNOWN_NAMESPACE' });
  });
});
