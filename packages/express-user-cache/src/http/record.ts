import type { Response } from 'express';
import onHeaders from 'on-headers';

/** What is told of a response while its handler sends it. Each is called once at most, in this order. */
export interface Recorder {
  /**
   * The handler ends a response of which nothing has been sent, so its head may still be changed. `body` is all of it, or
   * `undefined` where it is over the bound. Whether the body is to be sent.
   */
  readonly beforeEnd: (body: Buffer | undefined) => boolean;
  /** The head is about to be sent, after everybody between the handler and here has had a say in it. */
  readonly atHead: () => void;
  /** With the whole body; `undefined` where it is over the bound, or the connection was gone before its end. */
  readonly atEnd: (body: Buffer | undefined) => void;
}

/** Records a response on its way to the client: what the handler sends goes out as it would without. */
export function record(res: Response, maxBytes: number, { beforeEnd, atHead, atEnd }: Recorder): void {
  const write = res.write.bind(res);
  const end = res.end.bind(res);
  let chunks: Buffer[] | undefined = [];
  let bytes = 0;
  let over = false;

  const keep = (chunk: unknown, encoding: unknown): void => {
    if (!chunks || (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk))) return;
    const charset = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
    bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk, charset) : chunk.byteLength;
    if (bytes > maxBytes) chunks = undefined;
    else if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, charset));
    // A copy: what the handler does with its buffer later is its own affair.
    else chunks.push(Buffer.from(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  };
  const finish = (body: Buffer | undefined): void => {
    if (over) return;
    over = true;
    atEnd(body);
  };

  onHeaders(res, atHead);
  res.once('close', () => {
    finish(undefined);
  });
  res.write = function (...args: unknown[]) {
    if (!over) keep(args[0], args[1]);
    return Reflect.apply(write, undefined, args) as boolean;
  } as typeof res.write;
  res.end = function (...args: unknown[]) {
    if (over) return Reflect.apply(end, undefined, args) as typeof res;
    keep(args[0], args[1]);
    const body = chunks && Buffer.concat(chunks);
    const sendsBody = res.headersSent || beforeEnd(body);
    // Before the original: it may call `write`, whose chunks have been seen.
    chunks = undefined;
    const ended = Reflect.apply(
      end,
      undefined,
      sendsBody ? args : args.filter((arg) => typeof arg === 'function'),
    ) as typeof res;
    finish(body);
    return ended;
  } as typeof res.end;
}
