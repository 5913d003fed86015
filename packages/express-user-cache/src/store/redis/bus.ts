import { randomBytes } from 'node:crypto';
import type { BusListener } from '../bus-listener.js';
import { PROFILE, type RedisClient } from './client.js';
import { bucketOf } from './key.js';

export interface BusOptions {
  /** Where the scripts announce invalidations. */
  readonly channel: string;
  /** How old the last heartbeat may be, in ms. */
  readonly maxStale: number;
  /** ms; never goes back. */
  readonly clock: () => number;
  readonly listener: BusListener;
}

/** A connection that only listens: replies to commands and messages must not share one. */
interface Subscriber {
  readonly status: string;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: 'ready' | 'close' | 'end' | 'error', listener: () => void): unknown;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  disconnect(reconnect?: boolean): void;
}

/** Over what heartbeats are published. */
interface Data {
  publish(channel: string, message: string): Promise<unknown>;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  off(event: 'ready' | 'close', listener: () => void): unknown;
}

/** Heartbeats in the time of `maxStale`. */
export const BEATS = 4;

/**
 * Hears what other processes invalidate. **A connection that is silent may be dead**: so this process publishes
 * heartbeats over its data connection, to the primary that runs its scripts, and only what comes back proves that all
 * published before it has been heard: Redis delivers to a connection in the order of publication, whatever the channel.
 */
export class Bus {
  readonly #subscriber: Subscriber;
  readonly #data: Data;
  readonly #options: BusOptions;
  readonly #isOwn: (nonce: string) => boolean;
  /** Nobody else hears the heartbeats of this process. */
  readonly #beats = `uc:1:beat:${randomBytes(9).toString('base64url')}`;
  readonly #timer: NodeJS.Timeout;
  /** When the heartbeats were sent that have not come back. */
  readonly #sent = new Map<string, number>();
  #count = 0;
  #subscribed = false;
  /** A connection that was given up calls itself ready until it is closed, which takes long where nobody answers. */
  #givenUp = false;
  /** Connections so far: an acknowledgement that comes late belongs to none of the later ones. */
  #life = 0;
  /** The last sign of life, or of an attempt at it. */
  #heard: number;
  #proven = false;
  #waiting: (() => void)[] = [];

  /** `isOwn`: a call of this process that it waits for, so that it forgets by itself what is invalidated. */
  constructor(client: RedisClient, data: Data, options: BusOptions, isOwn: (nonce: string) => boolean) {
    this.#data = data;
    this.#options = options;
    this.#isOwn = isOwn;
    this.#heard = options.clock();
    const duplicate = client.duplicate.bind(client) as (...args: unknown[]) => unknown;
    // ioredis is ready before it has subscribed again, and does not say when it has.
    this.#subscriber = duplicate({ ...PROFILE, autoResubscribe: false }) as Subscriber;
    this.#subscriber.on('ready', () => void this.#subscribe());
    this.#subscriber.on('message', (channel, message) => {
      if (channel === this.#beats) this.#returned(message);
      else this.#announced(message);
    });
    for (const event of ['close', 'end'] as const) {
      this.#subscriber.on(event, () => {
        this.#subscribed = false;
        this.#givenUp = false;
        this.#life += 1;
        this.#missed();
      });
    }
    this.#subscriber.on('error', () => {
      this.#missed();
    });
    data.on('close', this.#missed);
    data.on('ready', this.#beat);
    this.#timer = setInterval(this.#beat, options.maxStale / BEATS).unref();
  }

  /** Resolves once a heartbeat has come back. */
  ready(): Promise<void> {
    if (this.#proven) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#data.off('close', this.#missed);
    this.#data.off('ready', this.#beat);
    this.#subscriber.disconnect();
    this.#missed();
  }

  async #subscribe(): Promise<void> {
    const life = ++this.#life;
    this.#heard = this.#options.clock();
    try {
      await this.#subscriber.subscribe(this.#options.channel, this.#beats);
    } catch {
      // No heartbeat will come back, which is how it is noticed.
      return;
    }
    if (life !== this.#life) return;
    this.#subscribed = true;
    // What was read before the subscription stood may have been invalidated unheard.
    this.#missed();
    this.#beat();
  }

  readonly #beat = (): void => {
    const now = this.#options.clock();
    if (this.#subscriber.status !== 'ready' || this.#givenUp) return;
    if (now - this.#heard >= this.#options.maxStale) {
      this.#givenUp = true;
      this.#missed();
      this.#subscriber.disconnect(true);
      return;
    }
    if (!this.#subscribed) return;
    const beat = (this.#count++).toString(36);
    this.#sent.set(beat, now);
    // One that could not be sent does not come back.
    this.#data.publish(this.#beats, beat).catch(() => undefined);
  };

  #returned(beat: string): void {
    const at = this.#sent.get(beat);
    if (at === undefined) return;
    for (const [earlier] of this.#sent) {
      this.#sent.delete(earlier);
      if (earlier === beat) break;
    }
    this.#heard = at;
    this.#proven = true;
    this.#options.listener.heard(at);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #announced(message: string): void {
    const [nonce = '', key = '', control, ...prefixes] = message.split('\n');
    const bucket = bucketOf(key);
    // Somebody who speaks otherwise may have said anything.
    if (bucket === undefined || control === undefined) this.#missed();
    else if (!this.#isOwn(nonce)) {
      this.#options.listener.invalidated(bucket, prefixes.length === 0 ? 'all' : prefixes, control);
    }
  }

  readonly #missed = (): void => {
    this.#proven = false;
    this.#sent.clear();
    this.#options.listener.missed();
  };
}
