import { AssertionError } from 'node:assert';
import { isForMany } from '../../http/cache-control.js';
import type { Answer } from './exchange.js';

/** Whose answer it is, and when it was given: the beginning of a message. */
export interface Situation {
  /** `GET /profile as alice, in turn` */
  readonly what: string;
  /** `undefined` for nobody. */
  readonly user: Marked | undefined;
}

export interface Marked {
  readonly name: string;
  readonly marks: readonly string[];
}

/** A mark shorter than this would be found by chance. */
const LEAST_MARK = 3;

/** Judges answers: nothing that belongs to one user in an answer to anybody else. */
export class Judge {
  readonly #users: readonly Marked[];
  readonly #checksCacheControl: boolean;
  readonly #seen = new Set<Marked>();
  answers = 0;

  /** @throws {TypeError} for marks that could not tell users apart */
  constructor(users: readonly Marked[], checksCacheControl: boolean) {
    checkMarks(users);
    this.#users = users;
    this.#checksCacheControl = checksCacheControl;
  }

  /** @throws {AssertionError} */
  judge({ what, user }: Situation, answer: Answer): void {
    this.answers += 1;
    if (answer.status >= 500) fail(`${what} was answered ${answer.status}`, answer.status, 'below 500');
    for (const other of this.#users) {
      for (const mark of other.marks) {
        const place = placeOf(mark, answer);
        if (place === undefined) continue;
        if (other !== user)
          fail(`${what} was answered with ${quoted(mark)} of ${other.name} in ${place}`, mark, 'absent');
        this.#seen.add(user);
        if (this.#checksCacheControl) checkCacheControl(what, answer);
      }
    }
  }

  /**
   * An application that answers everybody with the login page shows nobody's data, and proves nothing.
   *
   * @throws {AssertionError} where a user never saw anything of their own
   */
  conclude(): void {
    for (const user of this.#users) {
      if (this.#seen.has(user)) continue;
      fail(
        `no answer to ${user.name} contained any of their marks (${user.marks.map(quoted).join(', ')}), so the requests prove nothing`,
        'no mark',
        'one at least',
      );
    }
  }
}

const quoted = (text: string): string => `'${text}'`;

function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected, operator: 'expectIsolated' });
}

function placeOf(mark: string, { headers, body }: Answer): string | undefined {
  const forms = [...new Set([mark, JSON.stringify(mark).slice(1, -1), encodeURIComponent(mark)])];
  if (forms.some((form) => body.includes(form))) return 'its body';
  const header = Object.entries(headers).find(([, value]) => forms.some((form) => String(value).includes(form)));
  return header && `its header ${header[0]}`;
}

/** What belongs to one user must not be stored by a cache that serves many (RFC 9111, section 3.5 and 5.2.2). */
function checkCacheControl(what: string, { headers }: Answer): void {
  const said = headers['cache-control'] ?? '';
  if (!isForMany(said)) return;
  fail(
    `${what} was answered with the user's own data under Cache-Control: ${said || '(absent)'}, which lets a shared HTTP cache keep it`,
    said,
    'private or no-store',
  );
}

function checkMarks(users: readonly Marked[]): void {
  if (users.length < 2) throw new TypeError('expectIsolated needs two users at least');
  for (const user of users) {
    if (user.marks.length === 0)
      throw new TypeError(`${user.name} has no marks: strings that only their data contains`);
    for (const mark of user.marks) {
      if (mark.length < LEAST_MARK) {
        throw new TypeError(`the mark ${quoted(mark)} of ${user.name} is shorter than ${LEAST_MARK} characters`);
      }
      const other = users.find((one) => one !== user && one.marks.some((its) => its.includes(mark)));
      if (other) throw new TypeError(`the mark ${quoted(mark)} of ${user.name} is part of a mark of ${other.name}`);
    }
  }
}
