import * as typescriptParser from '@typescript-eslint/parser';
import { Linter, type Rule } from 'eslint';
import { describe, expect, it } from 'vitest';
import { analysisOf } from '../../src/analysis.js';
import { recogniseDbCall } from '../../src/db/recognise.js';

/** `library effect entity.method`, and `list` where rows are added or listed. */
function callsIn(code: string): readonly string[] {
  const calls: string[] = [];
  const rule: Rule.RuleModule = {
    create(context) {
      const analysis = analysisOf(context);
      return {
        CallExpression(node) {
          const call = recogniseDbCall(node, analysis);
          if (!call) return;
          const joined = call.joined?.length ? `+${call.joined.join('+')}` : '';
          calls.push(
            `${call.library} ${call.effect} ${call.entity}${joined}.${call.method}${call.ofList ? ' list' : ''}`,
          );
        },
      };
    },
  };
  const messages = new Linter().verify(code, [
    {
      plugins: { test: { rules: { rule } } },
      rules: { 'test/rule': 'error' },
      languageOptions: { parser: typescriptParser },
    },
  ]);
  expect(messages).toEqual([]);
  return calls;
}

const PETS = `import { Pet } from '../models/pet.js';\n`;

describe('sequelize', () => {
  it.each([
    [
      'update with its conditions',
      `${PETS}await Pet.update({ name }, { where: { id } });`,
      'sequelize write Pet.update',
    ],
    ['destroy', `${PETS}await Pet.destroy({ where: { id } });`, 'sequelize write Pet.destroy'],
    ['many rows', `${PETS}await Pet.bulkCreate(rows);`, 'sequelize write Pet.bulkCreate list'],
    ['one row', `${PETS}await Pet.findByPk(id);`, 'sequelize read Pet.findByPk'],
    [
      'a class that is known by its conditions',
      `import { Pet } from '../pet.js'; await Pet.update({ name }, { where: { id } });`,
      'sequelize write Pet.update',
    ],
  ])('%s', (_name, code, expected) => {
    expect(callsIn(code)).toEqual([expected]);
  });

  it('a row that was found', () => {
    expect(
      callsIn(`${PETS}const pet = await Pet.findByPk(id); await pet.update({ name }); await pet.destroy();`),
    ).toEqual(['sequelize read Pet.findByPk', 'sequelize write Pet.update', 'sequelize write Pet.destroy']);
  });

  it('is not whatever has an `update`', () => {
    expect(callsIn(`import { Hash } from '../hash.js'; await Hash.update(text, 'utf8');`)).toEqual([]);
  });
});

describe('typeorm', () => {
  const inClass = (body: string): string =>
    `class PetService { constructor(@InjectRepository(Pet) private readonly pets: Repository<Pet>) {} async run(id, dto) { ${body} } }`;
  it.each([
    ['a repository by its type', inClass('await this.pets.save(dto);'), 'typeorm write Pet.save'],
    ['an update', inClass('await this.pets.update(id, dto);'), 'typeorm write Pet.update'],
    ['a list', inClass('return this.pets.find({ where: dto });'), 'typeorm read Pet.find list'],
    ['getRepository', 'const pets = source.getRepository(Pet); await pets.delete(id);', 'typeorm write Pet.delete'],
    ['the entity manager', 'await manager.update(Pet, id, dto);', 'typeorm write Pet.update'],
  ])('%s', (_name, code, expected) => {
    expect(callsIn(code)).toEqual([expected]);
  });

  it('`create` makes an object and writes nothing', () => {
    expect(callsIn(inClass('const pet = this.pets.create(dto);'))).toEqual([]);
  });
});

describe('query builders', () => {
  it.each([
    ['knex', `await db('pets').where({ id }).update({ name });`, 'knex write pets.update'],
    ['knex, a schema', `await knex('shop.pets').insert(row);`, 'knex write pets.insert list'],
    ['knex, one row', `await db('pets').where({ id }).first();`, 'knex read pets.first'],
    ['supabase', `await supabase.from('pets').update({ name }).eq('id', id);`, 'supabase write pets.update'],
    ['supabase as a field', `await this.supabase.from('pets').delete().eq('id', id);`, 'supabase write pets.delete'],
    ['drizzle', `await db.update(pets).set({ name }).where(eq(pets.id, id));`, 'drizzle write pets.update'],
    ['drizzle, rows', `await db.insert(schema.pets).values(row);`, 'drizzle write pets.insert list'],
    ['drizzle, a delete', `await tx.delete(pets).where(eq(pets.id, id));`, 'drizzle write pets.delete'],
    ['drizzle, relations', `await db.query.pets.findFirst({ where });`, 'drizzle read pets.findFirst'],
  ])('%s', (_name, code, expected) => {
    expect(callsIn(code)).toContain(expected);
    expect(callsIn(code).filter((call) => call.includes(' write '))).toEqual(
      expected.includes(' write ') ? [expected] : [],
    );
  });

  it.each([
    ['a hash', `hash('sha256').update(text); await createHash('md5').update(text).digest('hex');`],
    ['an array', `Array.from('pets').delete(0); await Buffer.from('pets').update(x);`],
    ['a Map', `await db.delete(key); store.update(pets);`],
    ['a builder that nobody runs', `db('pets').where({ id }).update({ name });`],
  ])('not %s', (_name, code) => {
    expect(callsIn(code).filter((call) => call.includes(' write '))).toEqual([]);
  });
});

describe('SQL', () => {
  it.each([
    ['an update', 'await pool.query(`UPDATE pets SET name = $1 WHERE id = $2`, [name, id]);', 'sql write pets.update'],
    [
      'an insert',
      `await db.execute('INSERT INTO shop.pets (name) VALUES (?)', [name]);`,
      'sql write pets.insert into list',
    ],
    [
      'a delete',
      `await client.query({ text: 'DELETE FROM "pets" WHERE id = $1', values: [id] });`,
      'sql write pets.delete from',
    ],
    [
      'a row that replaces another',
      `await db.run('INSERT INTO pets (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET n = 1');`,
      'sql write pets.insert into',
    ],
    [
      'a constant',
      `const RENAME = 'UPDATE pets SET name = $1'; await pool.query(RENAME, [name]);`,
      'sql write pets.update',
    ],
    ['a sum', `await pool.query('UPDATE pets SET ' + fields + ' WHERE id = $1', values);`, 'sql write pets.update'],
    ['a prepared statement', `db.prepare('DELETE FROM pets WHERE id = ?').run(id);`, 'sql write pets.delete from'],
    ['one row', `await pool.query('SELECT * FROM pets WHERE id = $1', [id]);`, 'sql read pets.select'],
    [
      'rows of an owner',
      `await pool.query('SELECT * FROM pets WHERE owner_id = $1', [id]);`,
      'sql read pets.select list',
    ],
    [
      'a join',
      `await pool.query('SELECT * FROM pets p JOIN owners o ON o.id = p.owner_id');`,
      'sql read pets+owners.select list',
    ],
  ])('%s', (_name, code, expected) => {
    expect(callsIn(code)).toEqual([expected]);
  });

  it.each([
    ['text that is no statement', `router.get('/update pets'); logger.run('update is ready');`],
    ['what the file does not show', 'await pool.query(sql, values);'],
    ['a schema', `await pool.query('CREATE TABLE pets (id int)'); await pool.query('BEGIN');`],
  ])('not %s', (_name, code) => {
    expect(callsIn(code)).toEqual([]);
  });
});

describe('repositories of the project', () => {
  it.each([
    ['a field', 'class S { async f(id) { await this.petRepository.update(id, {}); } }', 'repository write pet.update'],
    [
      'a module',
      `import * as petRepo from './pet-repo.js'; await petRepo.removePet(id);`,
      'repository write pet.removePet',
    ],
    ['rows', `await petRepository.createPet(data);`, 'repository write pet.createPet list'],
    ['a list', `const rows = await petDao.findAll();`, 'repository read pet.findAll list'],
    [
      'a bare name, by the class around it',
      'class PetService { async f(id) { await this.repo.delete(id); } }',
      'repository write Pet.delete',
    ],
    [
      'a bare name, by its type',
      'class S { constructor(private repo: PetRepository) {} async f(id) { await this.repo.delete(id); } }',
      'repository write Pet.delete',
    ],
  ])('%s', (_name, code, expected) => {
    expect(callsIn(code)).toEqual([expected]);
  });

  it.each([
    ['an object that is only made', 'const pet = petRepository.create(data);'],
    ['a service', 'await petService.update(id, data);'],
    ['another verb', 'await petRepository.connect(); await petRepository.validate(x);'],
  ])('not %s', (_name, code) => {
    expect(callsIn(code)).toEqual([]);
  });
});
