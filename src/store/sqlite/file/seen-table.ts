import type { Database } from 'better-sqlite3';

import { convertTable, convertValues } from './foreign-table/conversion.ts';
import { shapeProblems } from './foreign-table/shape-problems.ts';
import { comparesIdsExactly, readColumnNames, readKind, readShape } from './foreign-table/shape.ts';
import { trialProblems } from './foreign-table/trial.ts';
import { idProblems, timeProblems } from './foreign-table/values.ts';
import { isMigrationDue, isOwnSchema, readVersion } from './migrate.ts';
import { ForeignSchemaError } from './open-error.ts';

/**
 * Makes sure that the table `seen`, if there is one, does what the store promises. Another program may have made it, in
 * another shape, and a file that cannot work has to be refused before anything relies on it.
 *
 * The schema and the kinds of ids are looked at each time. Times are read only where no store has used the file yet: that
 * reads the whole table, and later ones may come from our own callers. A trial needs the write lock, as a migration does,
 * and is made before one. All this comes before anything in the file is changed.
 *
 * @param now Milliseconds since the Unix epoch.
 * @throws {ForeignSchemaError} saying all that is wrong, and how to convert the table.
 */
export function requireSeenTable(db: Database, now: number): void {
  const kind = readKind(db);
  if (kind === undefined) return;
  if (kind !== 'table') refuse([`is a ${kind}`], () => convertTable(kind, ['id', 'ts']));
  refuse(schemaProblems(db), () => convertTable('table', readColumnNames(db)));
  refuse(idProblems(db), () => convertValues);
  if (readVersion(db) === 0) refuse(timeProblems(db), () => convertValues);
  if (isMigrationDue(db)) refuse(trialProblems(db, now), () => convertTable('table', readColumnNames(db)));
}

function schemaProblems(db: Database): string[] {
  if (isOwnSchema(db)) return [];
  const problems = shapeProblems(readShape(db));
  if (problems.length > 0 || comparesIdsExactly(db)) return problems;
  return ['declares id with a collation that takes different ids for one'];
}

function refuse(problems: readonly string[], conversion: () => string): void {
  if (problems.length > 0) throw new ForeignSchemaError(`its table "seen" ${problems.join(', and ')}`, conversion());
}
