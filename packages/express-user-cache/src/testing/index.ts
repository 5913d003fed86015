export { type Clock, fakeClock } from './clock.js';
export type { StoreCase } from './conformance/store-case.js';
export { type Runner, storeCases, storeConformance } from './conformance/store-conformance.js';
export { type FaultCounts, type FaultProxy, faultProxy, type FaultProxyOptions } from './fault-proxy.js';
export type { Fault, FaultSchedule } from './faults.js';
export { type Held, held } from './held.js';
export type { IsolationApp, IsolationRequest } from './isolation/exchange.js';
export { expectIsolated, type IsolatedUser, type IsolationOptions } from './isolation/isolated.js';
export { type MemoryCache, memoryCache, type MemoryCacheOptions } from './memory-cache.js';
