/** The values that a field can have, as far as somebody said; `undefined`: nobody did. */
export type Told = readonly unknown[] | undefined;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a filter says of a field: of every document that it matches. **Only equality tells**: what is compared in any other
 * way, or not at all, may be anybody's. `null` is nobody's: no values.
 */
export function toldByFilter(filter: unknown, path: string): Told {
  if (!isFields(filter)) return undefined;
  const told = byCondition(valueAt(filter, path));
  if (told) return told;
  // One branch of $and is enough; $or needs all of them.
  const ands = branches(filter.$and).map((branch) => toldByFilter(branch, path));
  const or = branches(filter.$or).map((branch) => toldByFilter(branch, path));
  return ands.find((one) => one !== undefined) ?? (or.length > 0 ? allOf(or) : undefined);
}

function byCondition(condition: unknown): Told {
  if (condition === undefined || condition instanceof RegExp) return undefined;
  if (!isFields(condition)) return byValue(condition);
  if (Object.hasOwn(condition, '$eq')) return byCondition(condition.$eq);
  return Array.isArray(condition.$in) ? allOf(condition.$in.map(byCondition)) : undefined;
}

const allOf = (list: readonly Told[]): Told =>
  list.some((told) => told === undefined) ? undefined : list.flatMap((told) => told ?? []);

const branches = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);

/** Where an update sets a field to something that only the database knows. */
export const UNTOLD = Symbol('untold');

/** What an update sets a field to; `undefined` where it leaves it alone. */
export function toldByUpdate(update: unknown, path: string): readonly unknown[] | typeof UNTOLD | undefined {
  const stages = Array.isArray(update) ? (update as unknown[]) : undefined;
  if (!isFields(update)) return stages && byAll(stages.map((stage) => byStage(stage, path)));
  return byAll(Object.entries(update).map(([name, operand]) => byOperator(name, operand, path, update)));
}

function byOperator(name: string, operand: unknown, path: string, update: Fields): ReturnType<typeof toldByUpdate> {
  // Without an operator it is a field: of a replacement, or of what mongoose makes a $set.
  if (!name.startsWith('$')) return reaches(name, path) ? byOneValue(valueAt(update, path)) : undefined;
  if (!isFields(operand)) return undefined;
  if (name === '$rename') return Object.values(operand).some((to) => reaches(String(to), path)) ? UNTOLD : undefined;
  if (!Object.keys(operand).some((field) => reaches(field, path)) || name === '$unset') return undefined;
  return name === '$set' || name === '$setOnInsert' ? byOneValue(valueAt(operand, path)) : UNTOLD;
}

/** A stage of a pipeline may compute a field from others. */
function byStage(stage: unknown, path: string): ReturnType<typeof toldByUpdate> {
  if (!isFields(stage)) return UNTOLD;
  const { $set = stage.$addFields } = stage;
  if ('$unset' in stage) return undefined;
  if (!isFields($set)) return UNTOLD;
  if (!Object.keys($set).some((field) => reaches(field, path))) return undefined;
  const value = valueAt($set, path);
  return isFields(value) || (typeof value === 'string' && value.startsWith('$')) ? UNTOLD : byOneValue(value);
}

function byAll(list: readonly ReturnType<typeof toldByUpdate>[]): ReturnType<typeof toldByUpdate> {
  if (list.includes(UNTOLD)) return UNTOLD;
  const told = list.filter((one) => one !== undefined && one !== UNTOLD);
  return told.length === 0 ? undefined : told.flat();
}

const byOneValue = (value: unknown): readonly unknown[] | typeof UNTOLD => (isFields(value) ? UNTOLD : byValue(value));

const byValue = (value: unknown): readonly unknown[] => (value === undefined || value === null ? [] : [value]);

/** Whether who writes the one field writes the other: `account` and `account.id`. */
const reaches = (field: string, path: string): boolean =>
  field === path || path.startsWith(`${field}.`) || field.startsWith(`${path}.`);

/** The value at a dotted path, whether it is written with dots or as objects in objects. */
export function valueAt(fields: unknown, path: string): unknown {
  if (!isFields(fields)) return undefined;
  if (Object.hasOwn(fields, path)) return fields[path];
  const [first = '', ...rest] = path.split('.');
  return rest.length > 0 && Object.hasOwn(fields, first) ? valueAt(fields[first], rest.join('.')) : undefined;
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
