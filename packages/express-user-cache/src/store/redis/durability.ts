import { publish } from '../../observe/events.js';
import { type Connection, type Script, SCRIPTS } from './client.js';

/** How many replicas should have an invalidation, so that it survives the loss of the primary. */
export interface Durability {
  /** 1 or more. */
  readonly replicas: number;
  /** How long to wait for them, in ms. 100. */
  readonly timeout?: number;
}

/** A node of a cluster does not serve the slot, or not now: the script has not run. */
const isRedirection = ({ message }: Error): boolean => /^(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /.test(message);

/**
 * Runs a script and lets Redis count, with WAIT, the replicas that have what it wrote; says so where they are too few. WAIT
 * speaks of the writes of its own connection and names no key: in one pipeline with the script, a Cluster client sends both
 * to the node that owns the slot. **Of a slot that has moved ioredis learns nothing by a pipeline of which a part has
 * succeeded**, so there the script is sent again by itself, and follows; nobody has counted then, which counts as none.
 * The text of the script goes along each time: one that the server has forgotten, ioredis would send again *behind* the
 * WAIT, which then speaks of earlier writes.
 */
export async function runAndWait(
  connection: Connection,
  script: Script,
  args: readonly (string | number)[],
  { replicas, timeout }: Required<Durability>,
): Promise<unknown> {
  const results = await connection
    .pipeline()
    .eval(SCRIPTS[script], 1, ...args)
    .wait(replicas, timeout)
    .exec();
  const [[failure, reply] = [null], [, count] = [null]] = results ?? [];
  const followed = failure && isRedirection(failure);
  if (failure && !followed) throw failure;
  const answer = followed ? await connection[script](...args) : reply;
  const acknowledged = !followed && typeof count === 'number' ? count : 0;
  if (acknowledged < replicas) publish({ type: 'durability', asked: replicas, acknowledged });
  return answer;
}
