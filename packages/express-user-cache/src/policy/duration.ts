import { UserCacheTypeError } from '../errors.js';

const CLASSES = { short: 600_000, medium: 3_600_000, long: 86_400_000 } as const;
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST = 30 * UNITS.d;

/** How long an entry may live: a class (`short` 10 min, `medium` 1 h, `long` 24 h), a duration such as `'90s'`, or ms. */
export type Ttl = keyof typeof CLASSES | `${number}${keyof typeof UNITS}` | number;

/**
 * The duration in ms, a whole number from 1 to 30 days: there is no entry without expiry.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_TTL`
 */
export function milliseconds(ttl: unknown, where: string): number {
  const ms = typeof ttl === 'number' ? ttl : typeof ttl === 'string' ? parse(ttl) : NaN;
  if (Number.isInteger(ms) && ms >= 1 && ms <= LONGEST) return ms;
  throw new UserCacheTypeError(
    'ERR_UC_BAD_TTL',
    `${where}: the TTL must be 'short', 'medium' or 'long', a duration such as '90s', '10m' or '4h', ` +
      'or whole milliseconds, from 1 ms to 30 days',
  );
}

/**
 * How long an expired entry is kept, in ms; 0 for not at all.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_TTL`
 */
export const graceOf = (grace: unknown, where: string): number => (grace === 0 ? 0 : milliseconds(grace, where));

function parse(text: string): number {
  if (Object.hasOwn(CLASSES, text)) return CLASSES[text as keyof typeof CLASSES];
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? NaN : Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}
