/** What a server sends, cut where its replies end. */
export interface Frame {
  readonly bytes: Buffer;
  /** RESP3 pushes (`>`) answer no command: pub/sub messages, invalidations of client tracking. */
  readonly isReply: boolean;
}

const CR_LF = '\r\n';
const LINE_ONLY = ['+', '-', ':', ',', '#', '_', '('];
const BULK = ['$', '=', '!'];
const ITEMS: Readonly<Record<string, number>> = { '*': 1, '~': 1, '>': 1, '%': 2, '|': 2 };

/**
 * Cuts a stream of RESP2 or RESP3 into whole replies, however the network cut it. The types are those of the Redis
 * serialization protocol specification; streamed strings and aggregates, which no server sends, are refused.
 */
export class Replies {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The frames that are whole now.
   *
   * @throws {SyntaxError} where it is not RESP
   */
  add(chunk: Buffer): Frame[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let start = 0;
    for (;;) {
      const end = endOfFrame(data, start);
      if (end === undefined) break;
      frames.push({ bytes: data.subarray(start, end), isReply: data.toString('latin1', start, start + 1) !== '>' });
      start = end;
    }
    this.#rest = data.subarray(start);
    return frames;
  }
}

/** Where the frame that begins at `start` ends; `undefined` where it is not whole. */
function endOfFrame(data: Buffer, start: number): number | undefined {
  if (start >= data.length) return undefined;
  const type = data.toString('latin1', start, start + 1);
  const items = ITEMS[type];
  if (items === undefined && !LINE_ONLY.includes(type) && !BULK.includes(type))
    throw new SyntaxError(`no RESP type: ${type}`);
  const line = data.indexOf(CR_LF, start, 'latin1');
  if (line < 0) return undefined;
  const next = line + CR_LF.length;
  if (LINE_ONLY.includes(type)) return next;
  const length = Number(data.toString('latin1', start + 1, line));
  if (!Number.isSafeInteger(length) || length < -1) throw new SyntaxError('no RESP length');
  if (items === undefined) {
    if (length < 0) return next;
    const end = next + length + CR_LF.length;
    return end <= data.length ? end : undefined;
  }
  let end: number | undefined = next;
  // An attribute describes the reply behind it, so both are one frame.
  const parts = Math.max(0, length) * items + (type === '|' ? 1 : 0);
  for (let part = 0; part < parts && end !== undefined; part++) end = endOfFrame(data, end);
  return end;
}
