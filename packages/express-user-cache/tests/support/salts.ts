import { randomBytes } from 'node:crypto';
import type { Salt, Salts, UserId } from '../../src/index.js';

/** Salts as an application keeps them, in the rows of its users, in a database that a test takes away. */
export class SaltTable implements Salts {
  readonly rows = new Map<UserId, Salt | null>();
  /** Which users were looked up. */
  readonly asked: UserId[] = [];
  /** What is in the way of a call; returns to let it through. */
  fault: () => Promise<void> | void = () => undefined;

  constructor(...users: UserId[]) {
    for (const user of users) this.rows.set(user, randomBytes(16));
  }

  readonly read = async (id: UserId): Promise<Salt | null | undefined> => {
    this.asked.push(id);
    await this.fault();
    return this.rows.get(id);
  };

  readonly erase = async (id: UserId): Promise<void> => {
    await this.fault();
    this.rows.delete(id);
  };
}
