import { resolve, setValue } from 'mingo/util';

import { CommandError } from '../errors.js';
import { isDocument, type Document } from '../store/document.js';

const NUMERIC = new Set(['$inc', '$mul']);
const ARRAYS = new Set(['$push', '$addToSet', '$pop', '$pull', '$pullAll']);

/** mingo leaves a field of the wrong kind as it is and says nothing; MongoDB refuses the update. */
export function checkOperands(document: Document, modifier: Readonly<Record<string, Document>>): void {
  for (const [operator, path, value] of targets(document, modifier)) {
    if (value === undefined) continue;
    if (NUMERIC.has(operator) && typeof value !== 'number') {
      throw new CommandError(14, `Cannot apply ${operator} to a value of non-numeric type: the field '${path}'`);
    }
    if (ARRAYS.has(operator) && !Array.isArray(value)) {
      throw new CommandError(2, `Cannot apply ${operator} to a non-array value: the field '${path}' must be an array`);
    }
  }
}

/** mingo's `$push` skips `$slice` and `$sort` where the array does not exist yet; an empty one makes it honour them. */
export function openArrays(document: Document, modifier: Readonly<Record<string, Document>>): void {
  for (const [operator, path, value] of targets(document, modifier)) {
    const operand = modifier[operator]?.[path];
    if (operator === '$push' && value === undefined && isDocument(operand) && '$each' in operand)
      setValue(document, path, []);
  }
}

/** Paths with a positional part name several fields: those stay mingo's. */
function targets(
  document: Document,
  modifier: Readonly<Record<string, Document>>,
): [operator: string, path: string, value: unknown][] {
  return Object.entries(modifier).flatMap(([operator, operand]) =>
    Object.keys(operand)
      .filter((path) => !path.includes('$'))
      .map((path): [string, string, unknown] => [operator, path, resolve(document, path)]),
  );
}
