import { updateMany, updateOne } from 'mingo';
import type { Modifier, PipelineStage } from 'mingo/updater';

import { CommandError } from '../errors.js';
import { copy, identity, isDocument, type Document } from '../store/document.js';
import { mingoOptions, type Reading } from './select.js';
import { checkOperands, openArrays } from './update-operands.js';

export interface Update extends Reading {
  readonly filter: Document;
  /** Operators, a whole document, or a pipeline. */
  readonly change: unknown;
  readonly arrayFilters?: Document[] | undefined;
}

/** The document after the update: a new object even where nothing changed. `inserting` is the second half of an upsert. */
export function updated(document: Document, update: Update, inserting = false): Document {
  const { change } = update;
  const next = Array.isArray(change)
    ? throughPipeline(document, change, update)
    : throughDocument(document, change, update, inserting);
  return keepId(document, next);
}

function throughDocument(document: Document, change: unknown, update: Update, inserting: boolean): Document {
  if (!isDocument(change)) throw new CommandError(14, 'an update must be a document or a pipeline');
  const operators = Object.keys(change).filter((key) => key.startsWith('$'));
  if (operators.length === 0) return copy(change);
  if (operators.length < Object.keys(change).length)
    throw new CommandError(2, 'an update holds either operators or fields, not both');
  return throughOperators(copy(document), change, update, inserting);
}

function throughOperators(document: Document, change: Document, update: Update, inserting: boolean): Document {
  const { id, modifier } = toModifier(change, inserting);
  if (id !== undefined) document._id ??= id;
  if (Object.keys(modifier).length > 0) {
    checkOperands(document, modifier);
    openArrays(document, modifier);
    updateOne(
      [document],
      inserting ? {} : update.filter,
      modifier as Modifier<Document>,
      update.arrayFilters === undefined ? {} : { arrayFilters: update.arrayFilters },
      mingoOptions(update),
    );
  }
  return id === undefined ? document : { ...document, _id: id };
}

/**
 * mingo has no `$setOnInsert`, and refuses an `_id` in `$set` even where it is the one the document has. The first becomes a `$set` or
 * nothing; the second is taken out, for `keepId` to judge.
 */
function toModifier(change: Document, inserting: boolean): { id: unknown; modifier: Record<string, Document> } {
  let id: unknown;
  const modifier: Record<string, Document> = {};
  for (const [operator, operand] of Object.entries(change)) {
    if (!isDocument(operand))
      throw new CommandError(2, `Modifiers operate on fields but we found another type for ${operator}`);
    if (operator === '$setOnInsert' && !inserting) continue;
    const name = operator === '$setOnInsert' ? '$set' : operator;
    const { _id, ...fields } = operand;
    const settled = name === '$set' ? fields : operand;
    if (name === '$set' && _id !== undefined) id = _id;
    const both = Object.keys(settled).find((path) => modifier[name]?.[path] !== undefined);
    if (both !== undefined)
      throw new CommandError(40, `Updating the path '${both}' would create a conflict at '${both}'`);
    if (Object.keys(settled).length > 0) modifier[name] = { ...modifier[name], ...settled };
  }
  return { id, modifier };
}

function throughPipeline(document: Document, pipeline: unknown[], update: Update): Document {
  const documents = [copy(document)];
  updateMany(
    documents,
    {},
    pipeline as PipelineStage[],
    update.variables === undefined ? {} : { let: update.variables },
    mingoOptions(update),
  );
  return documents[0] ?? document;
}

function keepId(before: Document, after: Document): Document {
  const { _id, ...fields } = after;
  const id = before._id;
  if (id === undefined) return after;
  if (_id !== undefined && identity(_id) !== identity(id)) {
    throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
  }
  return { _id: id, ...fields };
}
