import type { StandardSchemaV1 } from '@standard-schema/spec';

export type Validated =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issues: number };

/** What a schema makes of a value; without a schema, the value. */
export async function validate(schema: StandardSchemaV1 | undefined, value: unknown): Promise<Validated> {
  if (!schema) return { ok: true, value };
  const result = await schema['~standard'].validate(value);
  return result.issues ? { ok: false, issues: result.issues.length } : { ok: true, value: result.value };
}
