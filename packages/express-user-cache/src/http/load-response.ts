import etag from 'etag';
import type { Request, Response } from 'express';
import { warnOnce } from '../errors.js';
import type { Scope } from '../handle/scope.js';
import { publish } from '../observe/events.js';
import type { Settings } from '../policy/options.js';
import { record } from './record.js';
import type { ResponsePlan } from './response-options.js';
import { namesOf, type Refusal, unstorable } from './storable.js';
import { notModified, type StoredResponse, textsOf, toStore } from './stored-response.js';

/** What a response is recorded for. */
export interface Recording {
  readonly scope: Scope;
  readonly settings: Settings;
  readonly plan: ResponsePlan;
  /** The names of the request's headers that are part of its key. */
  readonly keyed: ReadonlySet<string>;
  /** Those that will be part of the next ones. */
  readonly varying: Set<string>;
}

interface Turns {
  /** Lets the handler answer. */
  readonly handle: () => void;
  /** Told before the head is sent whether browsers may keep the response. */
  readonly settle: (isStored: boolean) => void;
}

/** What varies by more is not worth storing. */
const MAX_VARYING = 8;

/**
 * Runs the handler and resolves to what it sent, or to `undefined` where that is not to be stored.
 *
 * @throws {UserCacheError} `ERR_UC_OWNER_CHANGED`
 */
export function load(
  req: Request,
  res: Response,
  recording: Recording,
  { handle, settle }: Turns,
): Promise<StoredResponse | undefined> {
  const { scope, settings, plan, keyed } = recording;
  // Else nothing would ever say that it is over.
  if (res.closed) return Promise.resolve(undefined);
  const before = textsOf(res.getHeaders());
  const held = settings.header === undefined ? plan.held : new Set([...plan.held, settings.header.toLowerCase()]);
  const bounds = { statuses: plan.statuses, held, keyed };
  const restoreConditions = hideConditions(req);
  let head: { readonly status: number; readonly headers: ReadonlyMap<string, string> } | undefined;
  let refusal: Refusal | undefined;

  const look = (status: number): ReadonlyMap<string, string> => {
    restoreConditions();
    const headers = textsOf(res.getHeaders());
    refusal ??= unstorable(status, headers, before, bounds);
    return headers;
  };

  return new Promise((resolve) => {
    record(res, settings.limits.bytesPerEntry, {
      beforeEnd: (body) => {
        const status = res.statusCode;
        look(status);
        if (!body) refusal ??= { cause: 'bytes' };
        else if (!refusal && !res.hasHeader('ETag')) res.setHeader('ETag', etag(body, { weak: true }));
        head = { status, headers: textsOf(res.getHeaders()) };
        if (status !== 200 || !req.fresh) return true;
        notModified(res);
        return false;
      },
      atHead: () => {
        const now = look(head?.status ?? res.statusCode);
        // Of a stream it is not known yet whether it will be stored.
        settle(head !== undefined && !refusal);
        head ??= { status: res.statusCode, headers: now };
      },
      atEnd: (body) => {
        restoreConditions();
        const { status, headers } = head ?? { status: 0, headers: before };
        const length = headers.get('content-length');
        if (!body) refusal ??= { cause: res.writableEnded ? 'bytes' : 'aborted' };
        else if (length !== undefined && Number(length) !== body.length) refusal ??= { cause: 'content-length' };
        if (refusal) report(refusal, recording, headers);
        resolve(
          new Promise((done) => {
            // What was sent was sent to whoever the user is now; a throw here rejects the load.
            scope.bucket();
            if (refusal || !body) done(undefined);
            // A stream had none when its head was sent.
            else
              done(toStore(status, { etag: etag(body, { weak: true }), ...changed(headers, before, plan.held) }, body));
          }),
        );
      },
    });
    handle();
  });
}

/** A handler that is told what the client has would answer with nothing, and that would be stored; asked after it. */
function hideConditions({ headers }: Request): () => void {
  const { 'if-none-match': noneMatch, 'if-modified-since': modifiedSince } = headers;
  delete headers['if-none-match'];
  delete headers['if-modified-since'];
  return () => {
    if (noneMatch !== undefined) headers['if-none-match'] = noneMatch;
    if (modifiedSince !== undefined) headers['if-modified-since'] = modifiedSince;
  };
}

/** Of the headers that are held, those that the handler set: the others will stand there at a hit, too. */
function changed(
  headers: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  held: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name, value]) => held.has(name) && before.get(name) !== value));
}

function report(refusal: Refusal, { plan, varying }: Recording, headers: ReadonlyMap<string, string>): void {
  const { cause, header } = refusal;
  publish({ type: 'unstorable', namespace: plan.policy.namespace, cause });
  if (cause === 'vary') {
    for (const name of namesOf(headers.get('vary') ?? '')) {
      if (name !== '*' && varying.size < MAX_VARYING) varying.add(name);
    }
  }
  if (cause === 'header') {
    warnOnce(
      'ERR_UC_RESPONSE_NOT_STORED',
      `A response was not stored because its handler changed the header ${header ?? ''}, which entries do not hold: name it in ` +
        'options.headers of cache.response, or set it before',
    );
  }
  if (cause === 'content-encoding') {
    warnOnce(
      'ERR_UC_RESPONSE_NOT_STORED',
      'A response was not stored because it was compressed for its client: mount the compression before cache.response',
    );
  }
}
