/** Largest message MongoDB takes (`maxMessageSizeBytes`), in bytes. */
export const MAX_MESSAGE_BYTES = 48_000_000;

export const HEADER_BYTES = 16;

/** The byte stream is no longer in step with the protocol, or the peer is none of ours: only closing the connection helps. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/**
 * Cuts a TCP stream into messages. A chunk may hold half a length field or several messages. Chunks are joined only when a message is
 * whole, so that a large message that comes in many small chunks is not copied once per chunk.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = 4;

  /** @throws ProtocolError where a length field is impossible */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Buffer[] = [];
    while (this.#bytes >= this.#needed) {
      const joined = this.#join();
      const length = joined.readInt32LE(0);
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
        throw new ProtocolError(`a message of ${length} bytes is not possible`);
      if (joined.length < length) {
        this.#needed = length;
        break;
      }
      frames.push(joined.subarray(0, length));
      this.#chunks = [joined.subarray(length)];
      this.#bytes -= length;
      this.#needed = 4;
    }
    return frames;
  }

  #join(): Buffer {
    const [first, ...others] = this.#chunks;
    const joined = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}
