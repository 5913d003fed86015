import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { CacheEvent } from '../../src/index.js';

/** The events that are published while `work` runs. */
export async function eventsDuring(work: () => Promise<unknown>): Promise<CacheEvent[]> {
  const events: CacheEvent[] = [];
  const listener = (message: unknown): void => {
    events.push(message as CacheEvent);
  };
  subscribe('express-user-cache', listener);
  try {
    await work();
  } finally {
    unsubscribe('express-user-cache', listener);
  }
  return events;
}
