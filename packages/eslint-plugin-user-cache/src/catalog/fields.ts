/**
 * Columns that servers keep beside a row and do not hand out with it: credentials, counters of attempts, times of the last visit.
 * What is cached of a row seldom holds them, so a write of nothing else is no proof that a cached row went stale.
 */
export const BOOKKEEPING_FIELD =
  /^_?(?:\w*(?:password|passwd|pwd|salt|otp|secret|totp|mfa|twofactor|2fa)\w*|\w*tokens?\w*|\w*(?:reset|verif\w*|confirm\w*)(?:code|key|hash|expir\w*|at|sent\w*|validation)|\w*attempts?|lock(?:ed)?(?:until|at)|\w*logs?|last\w*(?:at|login|seen|active|activity|visit|sync\w*|used|access\w*|ip|sent|attempt|check\w*|matched|detected)?|(?:login|seen|visited|accessed|used)_?at|\w*(?:login|view|click|hit|impression|visit|usage|match|block|detection|execution|download|request|error|retry)_?(?:count|counts|s)?|is_?online|online|socket_?id|device\w*|fcm\w*|push\w*|ip|ip_?address|user_?agent|session\w*|notified\w*|processed_?at|synced_?at|sent_?at|updated_?at|updatedat|modified_?at|\$currentdate)$/i;

/** Counters that people look at: a stale one is seen. */
export const VISIBLE_COUNTER =
  /like|vote|stock|quant|balance|credit|amount|price|seat|point|score|xp|level|follow|comment|repl|member|rating|available|wallet|total/i;

/** Operators of MongoDB's updates that count instead of setting. */
export const COUNTING_OPERATORS: ReadonlySet<string> = new Set(['$inc']);

/** Properties by which other libraries count: `{ views: { increment: 1 } }`. */
export const COUNTING_PROPERTIES: ReadonlySet<string> = new Set(['increment', 'decrement']);
