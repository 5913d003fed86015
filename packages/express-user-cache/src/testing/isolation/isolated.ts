import { cookiesOf, Exchange, type IsolationApp, type IsolationRequest, methodOf } from './exchange.js';
import { Judge, type Marked } from './judge.js';

/** Somebody who uses the application. */
export interface IsolatedUser extends Marked {
  /** How messages call the user. */
  readonly name: string;
  /** Strings that this user's data contains and nobody else's: an id, an e-mail address, a title. 3 characters at least. */
  readonly marks: readonly string[];
  /** What makes a request this user's: a cookie, a token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Or the request that logs the user in: the cookies of its answer are sent from then on. */
  readonly login?: IsolationRequest;
}

export interface IsolationOptions {
  /** How often all users send all requests at once. 3. */
  readonly rounds?: number;
  /** Also sends the GET requests as nobody, who must see nobody's marks. On. */
  readonly nobody?: boolean;
  /** Whether an answer with the user's own data must forbid shared HTTP caches to keep it. On. */
  readonly cacheControl?: boolean;
}

/**
 * Sends the same requests as every user and fails if anything of one user is in an answer to another.
 *
 * The order: each user in turn (the first fills caches, the next must not get it), each in turn again (now from caches),
 * in the opposite order, then all users and all requests at once, `rounds` times; after each of these the GET requests as
 * nobody. All users share two keep-alive connections. It fails
 *
 * - if the body or a header of an answer contains a mark of another user, as it is, as in JSON, or percent-encoded;
 * - if an answer with the user's own mark lets a shared HTTP cache keep it: neither `private` nor `no-store`, or `public`;
 * - if an answer has a status of 500 or above;
 * - if a user never sees a mark of their own, because then the requests prove nothing.
 *
 * @returns how many answers were judged
 * @throws {AssertionError} with the request, the user, the mark and the place
 * @throws {TypeError} where there are less than two users, or marks that cannot tell them apart
 */
export async function expectIsolated(
  app: IsolationApp,
  users: readonly IsolatedUser[],
  requests: readonly IsolationRequest[],
  { rounds = 3, nobody = true, cacheControl = true }: IsolationOptions = {},
): Promise<number> {
  const judge = new Judge(users, cacheControl);
  const exchange = await Exchange.with(app);
  try {
    const everybody: Sender[] = [];
    for (const user of users) everybody.push({ user, headers: await identityOf(exchange, user) });
    const ask = async ({ user, headers }: Sender, asked: IsolationRequest, when: string): Promise<void> => {
      const path = typeof asked === 'string' ? asked : asked.path;
      const what = `${methodOf(asked)} ${path} as ${user?.name ?? 'nobody'}, ${when},`;
      judge.judge({ what, user }, await exchange.send(asked, headers));
    };
    const askAsNobody = async (when: string): Promise<void> => {
      if (!nobody) return;
      for (const asked of requests.filter((one) => methodOf(one) === 'GET')) {
        await ask({ user: undefined, headers: {} }, asked, when);
      }
    };
    for (const [when, senders] of [
      ['in turn', everybody],
      ['in turn again', everybody],
      ['in the opposite order', everybody.toReversed()],
    ] as const) {
      for (const sender of senders) for (const asked of requests) await ask(sender, asked, when);
      await askAsNobody(`after ${when}`);
    }
    for (let round = 1; round <= rounds; round++) {
      const when = `all at once (${round})`;
      await Promise.all(requests.flatMap((asked) => everybody.map((sender) => ask(sender, asked, when))));
      await askAsNobody(`after ${when}`);
    }
    judge.conclude();
    return judge.answers;
  } finally {
    await exchange[Symbol.asyncDispose]();
  }
}

interface Sender {
  readonly user: IsolatedUser | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

async function identityOf(exchange: Exchange, { headers = {}, login }: IsolatedUser): Promise<Record<string, string>> {
  if (login === undefined) return { ...headers };
  return { ...headers, cookie: cookiesOf(await exchange.send(login, headers)) };
}
