import type { Cursors } from '../cursors.js';
import type { Databases } from '../store/databases.js';
import type { Document } from '../store/document.js';
import type { Arguments } from './arguments.js';

export interface CommandContext {
  readonly databases: Databases;
  readonly cursors: Cursors;
  /** Name of the database the command was sent to. */
  readonly database: string;
  readonly connectionId: number;
}

export interface Command {
  /** The first is the documented one. */
  readonly names: readonly [string, ...string[]];
  /** The fields it reads beside its own name; left out: it reads none and takes any. */
  readonly fields?: readonly string[];
  /** @returns the answer without `ok: 1` */
  run(args: Arguments, context: CommandContext): Document;
}
