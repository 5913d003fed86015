import type { Socket } from 'node:net';
import type { Fault } from './faults.js';
import { type Frame, Replies } from './replies.js';

/** One connection through the proxy. */
export interface Line {
  readonly client: Socket;
  readonly redis: Socket;
  readonly end: () => void;
  /** Called once for every reply, in order. */
  readonly faultFor: () => Fault | undefined;
  readonly toInject: () => Buffer;
  /** Called with every reply that was passed on. */
  readonly remember: (reply: Buffer) => void;
  /** ms */
  readonly delay: number;
}

/** Passes the replies of one connection on, in order, each with its fault. */
export function relay({ client, redis, end, faultFor, toInject, remember, delay }: Line): void {
  const replies = new Replies();
  const queue: Frame[] = [];
  let delaying = false;
  let behind: Buffer | undefined;

  const send = (bytes: Buffer): void => {
    client.write(bytes);
    if (!behind) return;
    client.write(behind);
    behind = undefined;
  };
  const pass = ({ bytes, isReply }: Frame, fault?: Fault): void => {
    switch (fault) {
      case 'drop':
        return;
      case 'swap':
        if (behind) break;
        behind = bytes;
        return;
      case 'cut':
        client.end(bytes.subarray(0, bytes.length >> 1), end);
        return;
      case 'inject':
        client.write(toInject());
        break;
      case 'duplicate':
        client.write(bytes);
        break;
    }
    send(bytes);
    if (isReply) remember(bytes);
  };
  const drain = (): void => {
    while (!delaying && client.writable) {
      const frame = queue.shift();
      if (!frame) return;
      const fault = frame.isReply ? faultFor() : undefined;
      if (fault === 'delay') {
        delaying = true;
        setTimeout(() => {
          delaying = false;
          if (client.writable) pass(frame);
          drain();
        }, delay);
      } else {
        pass(frame, fault);
      }
    }
  };
  redis.on('data', (chunk: Buffer) => {
    try {
      queue.push(...replies.add(chunk));
    } catch {
      // Not RESP: what to alter cannot be told, and passing it on unaltered would be no test.
      end();
      return;
    }
    drain();
  });
}
