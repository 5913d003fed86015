/** A value as it stands in keys and sessions. */
export type Spelling = string | number | bigint | boolean;

/**
 * How a value of the database may stand in a key, or in a session. **A number and its decimal text are two keys and two
 * users**, and a route carries the text where the document holds the number, or the other way round: both are meant.
 * `undefined` for what no route carries.
 */
export function spellingsOf(value: unknown): readonly Spelling[] | undefined {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) return undefined;
      return String(Number(value)) === value && Number.isFinite(Number(value)) ? [value, Number(value)] : [value];
    case 'number':
      return Number.isFinite(value) ? [value, String(value)] : undefined;
    case 'bigint':
      return [value, String(value), ...(Number.isSafeInteger(Number(value)) ? [Number(value)] : [])];
    case 'boolean':
      return [value, String(value)];
    default:
      return isHex(value) ? [value.toHexString()] : undefined;
  }
}

/** An ObjectId or a UUID: routes and sessions have its text. */
const isHex = (value: unknown): value is { toHexString(): string } =>
  typeof value === 'object' && value !== null && 'toHexString' in value && typeof value.toHexString === 'function';
