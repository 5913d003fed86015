import type { StandardSchemaV1 } from '@standard-schema/spec';

export type Validated =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issues: number };

/** What a schema makes of a value; without a schema, the value. A promise only where the schema answers with one. */
export function validate(schema: StandardSchemaV1 | undefined, value: unknown): Validated | Promise<Validated> {
  if (!schema) return { ok: true, value };
  const result = schema['~standard'].validate(value);
  return 'then' in result ? result.then(judge) : judge(result);
}

const judge = (result: StandardSchemaV1.Result<unknown>): Validated =>
  result.issues ? { ok: false, issues: result.issues.length } : { ok: true, value: result.value };
