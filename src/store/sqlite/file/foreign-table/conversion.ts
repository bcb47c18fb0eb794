import type { SeenKind } from './shape.ts';
import { present, secondsOfTs } from './values.ts';

const before = 'To convert it, stop every program that uses this file, copy it, and run in "sqlite3 -bail":';

/** Converts ids and times where they are. The table stays what it is. */
export const convertValues = `${before}
UPDATE OR REPLACE seen SET id = CAST(id AS TEXT) WHERE typeof(id) IN ('integer', 'real', 'blob');
UPDATE seen SET ts = ${secondsOfTs} WHERE ts IS NOT NULL;
A program that goes on writing other values needs a file of its own.`;

const moveAway: Readonly<Record<SeenKind, string>> = {
  table: 'ALTER TABLE seen RENAME TO seen_before;',
  'virtual table': 'ALTER TABLE seen RENAME TO seen_before;',
  view: 'DROP VIEW seen;',
};

/** Makes a table of our own from the rows. The other one is kept, under another name; a view has none of its own. */
export function convertTable(kind: SeenKind, columns: readonly string[]): string {
  if (!columns.includes('id')) return 'Set SEEN_DB_PATH to another file: without ids there is nothing to convert.';
  const time = columns.includes('ts') ? secondsOfTs : present;
  return `${before}
BEGIN IMMEDIATE;
CREATE TABLE seen_converted (id TEXT PRIMARY KEY NOT NULL, ts INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO seen_converted (id, ts)
SELECT CAST(id AS TEXT) COLLATE BINARY, max(${time})
FROM seen WHERE id IS NOT NULL GROUP BY 1;
${moveAway[kind]}
ALTER TABLE seen_converted RENAME TO seen;
COMMIT;
A program that needs its own table needs a file of its own: set SEEN_DB_PATH to another.`;
}
