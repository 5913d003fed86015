import type { Analysis } from '../analysis.js';
import { type Node, dottedName, lineOf, unwrap } from '../ast/node.js';
import { keyShapesOf } from '../cache/keys.js';
import type { CacheOp } from '../cache/types.js';
import { canonicalEntity } from '../db/entity.js';
import { isBookkeeping } from '../db/fields.js';
import type { DbWrite } from '../db/types.js';
import { dbCallsBehind } from '../db/values.js';
import { type Family, entitiesNamed, familiesOf, familyOfPrefix, namesList, namesNoRows } from './family.js';
import type { Survey } from './survey.js';

/** One place that shows under which keys something is cached. */
export interface CachedAt {
  readonly families: readonly Family[];
  /** The cache operation that shows it; none where the settings declare it. */
  readonly op?: CacheOp;
  readonly line?: number;
}

/** What a file and the settings show to be cached, asked by the entity that is written. */
export interface Cached {
  readonly evidenceFor: (write: DbWrite) => readonly CachedAt[];
  /** Whether the settings declare the entity never to be cached. */
  readonly isNever: (write: DbWrite) => boolean;
  /** The keys an operation works on; those it invalidates by prefix stand for all below. */
  readonly familiesOf: (op: CacheOp) => readonly Family[];
}

interface Shown extends CachedAt {
  readonly op: CacheOp;
  /** The entities the cached value was read from, `true` where a list of them was; none where the value cannot be traced. */
  readonly entities: ReadonlyMap<string, boolean>;
  /** The entities the key is named after. */
  readonly named: ReadonlySet<string>;
  readonly fills: boolean;
}

export function cachedIn(survey: Survey, analysis: Analysis): Cached {
  const families = new Map<CacheOp, readonly Family[]>();
  for (const op of survey.ops.values()) {
    const byPrefix = op.op === 'invalidate' || op.op === 'mutate';
    families.set(
      op,
      keyShapesOf(op, analysis).flatMap((shape) => familiesOf(shape, byPrefix)),
    );
  }
  const shown = distinct([...survey.ops.values()].flatMap((op) => shownBy(op, families.get(op) ?? [], analysis)));
  const declared = declaredFamilies(analysis);
  const known = new Map<string, readonly CachedAt[]>();

  return {
    familiesOf: (op) => families.get(op) ?? [],
    evidenceFor: (write) => {
      const entity = canonicalEntity(write.entity);
      if (!declared.has(entity) && isBookkeeping(write, analysis)) return [];
      // One answer for all writes of a kind: a file with a thousand of them asks a thousand times.
      const kind = `${entity} ${write.ofList ? 'list' : ''}`;
      const evidence = known.get(kind) ?? judge(entity, write.ofList, shown, declared.get(entity));
      known.set(kind, evidence);
      return evidence;
    },
    isNever: (write) => declared.get(canonicalEntity(write.entity))?.length === 0,
  };
}

function judge(
  entity: string,
  ofList: boolean,
  shown: readonly Shown[],
  declared: readonly Family[] | undefined,
): readonly CachedAt[] {
  if (declared) return [{ families: declared }];
  const evidence = shown.filter((place) => isEvidence(place, entity, ofList));
  // What only clears tells under which keys others may cache; where the file itself fills some, those are the ones to clear.
  const filling = evidence.filter(({ fills }) => fills);
  return filling.length > 0 ? filling : evidence;
}

/** The first place for each key and each thing it shows. */
function distinct(shown: readonly Shown[]): Shown[] {
  const first = new Map<string, Shown>();
  for (const place of shown) {
    const text = place.families.map((family) => family.text).join(' ');
    const key = [text, place.fills, ...place.entities].join(' ');
    if (!first.has(key)) first.set(key, place);
  }
  return [...first.values()];
}

function declaredFamilies({ settings }: Analysis): Map<string, Family[]> {
  const declared = new Map<string, Family[]>();
  for (const [entity, prefixes] of Object.entries(settings.entities)) {
    declared.set(canonicalEntity(entity), prefixes.map(familyOfPrefix));
  }
  return declared;
}

const SHOWS: ReadonlySet<CacheOp['op']> = new Set(['write', 'load', 'mutate', 'delete', 'invalidate']);

function shownBy(op: CacheOp, families: readonly Family[], analysis: Analysis): Shown[] {
  if (!SHOWS.has(op.op) || families.length === 0 || families.every(namesNoRows)) return [];
  const entities = new Map<string, boolean>();
  for (const value of [op.value, op.loader].filter((node): node is Node => node !== undefined)) {
    for (const { entity, joined = [], ofList } of dbCallsBehind(value, analysis)) {
      for (const canonical of [entity, ...joined].map(canonicalEntity)) {
        entities.set(canonical, entities.get(canonical) === true || ofList);
      }
    }
  }
  const named = new Set(families.flatMap((family) => [...entitiesNamed(family)]));
  const fills = op.op === 'load' || op.op === 'write';
  return [{ op, families, entities, named, fills, line: lineOf(op.node) }];
}

/** A row that was added makes no cached row stale: for an insert only what holds several rows is evidence. */
function isEvidence({ op, families, entities, named }: Shown, entity: string, ofList: boolean): boolean {
  const tracedToList = entities.get(entity);
  const isNamed = entities.size === 0 && named.has(entity) && !(op.value && isConstant(op.value));
  if (tracedToList === undefined && !isNamed) return false;
  if (!ofList) return true;
  return (tracedToList === true && op.op !== 'mutate') || families.some(namesList);
}

/** A mark rather than a row: `'1'`, `true`, `Date.now()`. */
function isConstant(value: Node): boolean {
  const node = unwrap(value);
  if (node.type === 'Literal') return true;
  return (
    (node.type === 'CallExpression' || node.type === 'NewExpression') && /^Date\b/.test(dottedName(node.callee) ?? '')
  );
}
