import { AsyncLocalStorage } from 'node:async_hooks';

const inside = new AsyncLocalStorage<true>();

/**
 * Whether the code that runs now runs inside a load. **What a load asks for waits for no turn**: the turn may be its own, or
 * that of a load which waits for it.
 */
export const isInsideLoad = (): boolean => inside.getStore() === true;

/** Runs a load so that what it asks for knows where it is asked from. */
export const insideLoad = <T>(load: () => T): T => inside.run(true, load);
