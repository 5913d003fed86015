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

/** Resolves at the next event of this type. */
export function nextEvent(type: CacheEvent['type']): Promise<CacheEvent> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      const event = message as CacheEvent;
      if (event.type !== type) return;
      unsubscribe('express-user-cache', listener);
      resolve(event);
    };
    subscribe('express-user-cache', listener);
  });
}
