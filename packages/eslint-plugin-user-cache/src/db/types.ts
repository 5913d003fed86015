import type { Call, Node } from '../ast/node.js';

/** A call to a database: a write changes rows, a read hands them out. */
export interface DbCall {
  readonly node: Call;
  /** The name of the catalog entry; `settings` where the project declared it. */
  readonly library: string;
  readonly effect: 'read' | 'write';
  readonly method: string;
  /** The model, collection or table as the source names it: `Conversation`, `conversations`. */
  readonly entity: string;
  /** The other tables that a read joins. */
  readonly joined?: readonly string[];
  /** A write that only adds rows, or a read whose result depends on which rows there are. */
  readonly ofList: boolean;
  /** A lazy call only builds a query; `terminal` is what runs it. */
  readonly lazy: boolean;
  /** The node at which the database is touched: the call itself, or what awaits, returns or chains it. */
  readonly terminal: Node;
}

export interface DbWrite extends DbCall {
  readonly effect: 'write';
}

/** A receiver that was resolved: the entity it stands for, and how much its binding proves. */
export interface DbReceiver {
  readonly entity: string;
  /** `named`: only the name of the binding tells, so the method must be one that no other library has. */
  readonly proof: 'bound' | 'named';
  /** A document that was made here and is not in the database yet: saving it adds a row. */
  readonly isNew?: boolean;
}
