/** The conversion that SQLite makes of the values of a column. */
export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB ONLY' | 'NONE' | 'REAL' | 'NUMERIC';

/** SQLite's own rules for a declared type, in their order: https://www.sqlite.org/datatype3.html */
const rules: readonly (readonly [pattern: RegExp, affinity: Affinity])[] = [
  [/INT/i, 'INTEGER'],
  [/CHAR|CLOB|TEXT/i, 'TEXT'],
  [/BLOB|^$/i, 'NONE'],
  [/REAL|FLOA|DOUB/i, 'REAL'],
];

/** @param isStrict For a STRICT table, where BLOB takes nothing else and ANY takes everything as it is. */
export function affinityOf(type: string, isStrict: boolean): Affinity {
  if (isStrict && /^BLOB$/i.test(type)) return 'BLOB ONLY';
  if (isStrict && /^ANY$/i.test(type)) return 'NONE';
  return rules.find(([pattern]) => pattern.test(type))?.[1] ?? 'NUMERIC';
}
