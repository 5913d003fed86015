import { Bus, type BusOptions, BEATS } from './bus.js';
import type { Cluster, PrimaryNode } from './cluster.js';

/** The pool of a cluster gives up a connection that closes; what listens to a primary comes back as long as it is one. */
const reconnect = (times: number): number => Math.min(times * 50, 2_000);

/**
 * Hears what other processes invalidate, on a cluster: **one bus per primary, and the oldest of their proofs**.
 *
 * A script publishes on the node that runs it. That node's own subscribers get it on one stream, before every heartbeat
 * that is published there later, so what they miss they miss visibly. Subscribers of other nodes get it relayed, and there
 * it can vanish silently: it is taken where it comes, as forgetting twice does no harm, and proves nothing, as
 * heartbeats are heard on their own node only. So all that ran on any primary before the oldest of the proofs has been
 * heard, and a slot that moves from one of them to another needs nothing more.
 *
 * **A change of primaries drops everything**: one that is gone may have published what never arrived, one that is new has
 * published before anybody listened. ioredis learns of a new one when a command is redirected to it, and this bus with its
 * next look at the slots, a round trip later. What this process keeps of those slots until then is from the old primary
 * or from that round trip, and is asked for again `maxStale` after it was read (`Proof.covers`). That bound needs no bus;
 * it needs that what Redis has acknowledged survives the failover.
 */
export class ClusterBus {
  readonly #cluster: Cluster;
  readonly #options: BusOptions;
  readonly #isOwn: (nonce: string) => boolean;
  readonly #buses = new Map<PrimaryNode, Bus>();
  /** When the last heartbeat was sent that came back, of each primary that is proven. */
  readonly #heard = new Map<PrimaryNode, number>();
  readonly #timer: NodeJS.Timeout;
  #waiting: (() => void)[] = [];
  #proven = false;
  #closed = false;

  constructor(cluster: Cluster, options: BusOptions, isOwn: (nonce: string) => boolean) {
    this.#cluster = cluster;
    this.#options = options;
    this.#isOwn = isOwn;
    const follow = (): void => {
      this.#follow();
    };
    for (const event of ['ready', 'close', 'refresh', '+node', '-node'] as const) cluster.on(event, follow);
    // A replica that becomes a primary says nothing.
    this.#timer = setInterval(follow, options.maxStale / BEATS).unref();
  }

  /** Resolves once the bus of every primary has proved itself. */
  ready(): Promise<void> {
    if (this.#proven) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#follow();
  }

  /** Listens to the primaries of now and to nobody else. */
  #follow(): void {
    const serves = !this.#closed && this.#cluster.status === 'ready';
    const primaries = new Set(serves ? this.#cluster.nodes('master') : []);
    const gone = [...this.#buses.keys()].filter((node) => !primaries.has(node));
    const added = [...primaries].filter((node) => !this.#buses.has(node));
    for (const node of gone) {
      const bus = this.#buses.get(node);
      this.#buses.delete(node);
      this.#heard.delete(node);
      bus?.close();
    }
    for (const node of added) this.#buses.set(node, this.#listen(node));
    if (gone.length + added.length > 0) this.#missed();
  }

  #listen(node: PrimaryNode): Bus {
    const { listener } = this.#options;
    const unlessGone = (tell: () => void): void => {
      if (this.#buses.get(node) === bus) tell();
    };
    const options: BusOptions = {
      ...this.#options,
      listener: {
        invalidated: (...what) => {
          listener.invalidated(...what);
        },
        heard: (at) => {
          unlessGone(() => {
            this.#heard.set(node, at);
            this.#tell();
          });
        },
        missed: () => {
          unlessGone(() => {
            this.#heard.delete(node);
            this.#missed();
          });
        },
      },
    };
    const client = {
      status: node.status,
      options: node.options,
      duplicate: (profile: object): unknown => node.duplicate({ ...profile, retryStrategy: reconnect }),
    };
    const bus = new Bus(client, node, options, this.#isOwn);
    return bus;
  }

  #missed(): void {
    this.#proven = false;
    this.#options.listener.missed();
  }

  #tell(): void {
    if (this.#heard.size < this.#buses.size) return;
    this.#proven = true;
    this.#options.listener.heard(Math.min(...this.#heard.values()));
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
