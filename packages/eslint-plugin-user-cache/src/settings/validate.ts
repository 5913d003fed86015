import type { Schema } from './schema.js';

/** A setting that cannot mean anything must stop the run: ignored silently, it would switch a check off. */
export class InvalidSettingError extends TypeError {
  readonly code = 'ERR_UC_INVALID_SETTING';

  constructor(path: string, expected: string, actual: unknown) {
    super(`Wrong setting ${path}: expected ${expected}, got ${describe(actual)}.`);
    this.name = 'InvalidSettingError';
  }
}

function describe(value: unknown): string {
  if (value instanceof RegExp) return `the RegExp ${String(value)} (settings are JSON: use a name with \`*\`)`;
  if (typeof value === 'function') return 'a function (settings are JSON)';
  if (value === undefined) return 'undefined';
  return JSON.stringify(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Frozen settings of other realms have a foreign Object.prototype, whose own prototype is null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function validateString(value: unknown, schema: Schema, path: string): void {
  if (typeof value !== 'string') throw new InvalidSettingError(path, 'a string', value);
  if (schema.enum && !schema.enum.includes(value)) {
    throw new InvalidSettingError(path, `one of ${schema.enum.join(', ')}`, value);
  }
  // An empty pattern would match nothing or everything, depending on the reader.
  if (value.trim().length < (schema.minLength ?? 0))
    throw new InvalidSettingError(path, 'a name that is not empty', value);
}

function validateObject(value: unknown, schema: Schema, path: string): void {
  if (!isPlainObject(value)) throw new InvalidSettingError(path, 'an object', value);
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) throw new InvalidSettingError(`${path}.${name}`, 'a value', undefined);
  }
  const known = schema.properties ?? {};
  for (const [name, entry] of Object.entries(value)) {
    const rest = schema.additionalProperties === false ? undefined : schema.additionalProperties;
    const next = Object.hasOwn(known, name) ? known[name] : rest;
    if (!next) throw new InvalidSettingError(path, `only ${Object.keys(known).join(', ')}`, { [name]: entry });
    validate(entry, next, `${path}.${name}`);
  }
}

export function validate(value: unknown, schema: Schema, path: string): void {
  switch (schema.type) {
    case 'string':
      validateString(value, schema, path);
      return;
    case 'integer':
      if (!Number.isInteger(value) || (value as number) < (schema.minimum ?? -Infinity)) {
        throw new InvalidSettingError(path, 'a position counted from 0', value);
      }
      return;
    case 'array': {
      if (!Array.isArray(value)) throw new InvalidSettingError(path, 'an array', value);
      const { items } = schema;
      if (items) for (const [index, item] of value.entries()) validate(item, items, `${path}[${String(index)}]`);
      return;
    }
    case 'object':
      validateObject(value, schema, path);
  }
}
