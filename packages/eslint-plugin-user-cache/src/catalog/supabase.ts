import type { QueryBuilderCatalog } from './database.js';

/** @supabase/supabase-js 2. Source: its JavaScript reference. */
export const supabase = {
  library: 'supabase',
  modules: ['@supabase/supabase-js', '@supabase/ssr'],
  types: ['SupabaseClient'],
  clientNames: /^(?:\w*supabase\w*|sb|db|client)$/i,
  tableCalls: ['from'],
  isCallable: false,
  eagerWrites: [],
  lazyWrites: ['insert', 'update', 'upsert', 'delete'],
  inserts: ['insert'],
  reads: ['select'],
  lists: ['select'],
  telling: [],
  transactions: [],
} as const satisfies QueryBuilderCatalog;
