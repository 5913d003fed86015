import { calculateObjectSize, Long } from 'bson';

import { CommandError } from './errors.js';
import { MAX_DOCUMENT_BYTES, type Document } from './store/document.js';

const FIRST_BATCH = 101;

/** A client that walks away leaves its cursor open; beyond this many the oldest goes. */
const MAX_OPEN = 500;

interface OpenCursor {
  readonly namespace: string;
  rest: Document[];
}

export class Cursors {
  readonly #open = new Map<number, OpenCursor>();
  #lastId = 0;

  /** The answer of `find` and `aggregate`. A batch size of 0 is an empty first batch, as MongoDB documents it. */
  start(namespace: string, documents: Document[], batchSize = FIRST_BATCH, singleBatch = false): Document {
    const cursor: OpenCursor = { namespace, rest: documents };
    const firstBatch = takeBatch(cursor, batchSize);
    if (cursor.rest.length === 0 || singleBatch) return answer(0, namespace, { firstBatch });
    const id = ++this.#lastId;
    this.#open.set(id, cursor);
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size > MAX_OPEN) this.#open.delete(oldest);
    return answer(id, namespace, { firstBatch });
  }

  next(id: number, namespace: string, batchSize: number): Document {
    const cursor = this.#open.get(id);
    if (cursor?.namespace !== namespace) throw new CommandError(43, `cursor id ${id} not found in ${namespace}`);
    const nextBatch = takeBatch(cursor, batchSize === 0 ? Infinity : batchSize);
    if (cursor.rest.length > 0) return answer(id, namespace, { nextBatch });
    this.#open.delete(id);
    return answer(0, namespace, { nextBatch });
  }

  /** @returns whether there was such a cursor */
  kill(id: number): boolean {
    return this.#open.delete(id);
  }
}

function answer(id: number, ns: string, batch: Document): Document {
  return { cursor: { id: Long.fromNumber(id), ns, ...batch } };
}

/** A batch ends at its count or before it would outgrow 16 MiB; one document always fits. */
function takeBatch(cursor: OpenCursor, count: number): Document[] {
  let bytes = 0;
  let end = 0;
  for (const document of cursor.rest) {
    bytes += calculateObjectSize(document);
    if (end >= count || (end > 0 && bytes > MAX_DOCUMENT_BYTES)) break;
    end += 1;
  }
  const batch = cursor.rest.slice(0, end);
  cursor.rest = cursor.rest.slice(end);
  return batch;
}
