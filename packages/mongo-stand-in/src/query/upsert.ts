import { setValue } from 'mingo/util';

import { isDocument, type Document } from '../store/document.js';

/** The document an upsert starts from: the filter's equalities, as MongoDB documents it. */
export function seedOf(filter: Document): Document {
  const seed: Document = {};
  for (const [path, value] of equalities(filter)) setValue(seed, path, value);
  return seed;
}

function equalities(filter: Document): [path: string, value: unknown][] {
  return Object.entries(filter).flatMap(([path, condition]): [string, unknown][] => {
    if (path === '$and' && Array.isArray(condition)) return condition.filter(isDocument).flatMap(equalities);
    if (path.startsWith('$') || condition instanceof RegExp) return [];
    if (!isDocument(condition)) return [[path, condition]];
    if ('$eq' in condition) return [[path, condition.$eq]];
    return Object.keys(condition).some((key) => key.startsWith('$')) ? [] : [[path, condition]];
  });
}
