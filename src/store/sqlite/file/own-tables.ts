import BetterSqlite3, { type Database } from 'better-sqlite3';

import { ForeignSchemaError } from './open-error.ts';

/** A table or an index, as SQLite's schema describes it. */
interface SchemaObject {
  readonly type: 'table' | 'index' | 'view';
  readonly name: string;
  readonly sql: string;
  /** Columns of a table, in lower case. */
  readonly columns: readonly string[];
}

/**
 * Makes sure that the tables that these migrations made are still there and are ours. A newer program may have added
 * columns.
 *
 * @throws {ForeignSchemaError} naming what is not.
 */
export function requireOwnTables(db: Database, applied: readonly string[]): void {
  const existing = byName(readSchema(db));
  for (const expected of schemaAfter(applied)) {
    const found = existing.get(expected.name);
    if (found === undefined) throw missing(expected);
    const isOurs = found.type === expected.type && expected.columns.every((name) => found.columns.includes(name));
    if (!isOurs) throw nameTaken(found.type, found.name);
  }
}

/**
 * Makes sure that nothing in the file has a name that the pending migrations need. A table `seen` may be there: they
 * leave it alone.
 *
 * @throws {ForeignSchemaError} naming what has.
 */
export function requireFreeNames(db: Database, applied: readonly string[], pending: readonly string[]): void {
  const made = byName(schemaAfter(applied));
  const existing = byName(readSchema(db));
  for (const { name } of schemaAfter([...applied, ...pending])) {
    const found = existing.get(name);
    if (found === undefined || made.has(name) || (name === 'seen' && found.type === 'table')) continue;
    throw nameTaken(found.type, found.name);
  }
}

/** The schema that migrations make in an empty database. */
function schemaAfter(applied: readonly string[]): SchemaObject[] {
  const db = new BetterSqlite3(':memory:');
  try {
    for (const migration of applied) db.exec(migration);
    return readSchema(db);
  } finally {
    db.close();
  }
}

function readSchema(db: Database): SchemaObject[] {
  return db
    .prepare<[], Omit<SchemaObject, 'columns'> & { columns: string }>(
      `SELECT type, name, sql, iif(type = 'table', (
         SELECT group_concat(lower(name)) FROM pragma_table_info(sqlite_schema.name)), '') AS columns
       FROM sqlite_schema WHERE lower(name) GLOB 'seen*' AND type IN ('table', 'index', 'view')`,
    )
    .all()
    .map((row) => ({ ...row, columns: row.columns.split(',') }));
}

/** By names in lower case, which are the same to SQLite. */
function byName(schema: readonly SchemaObject[]): ReadonlyMap<string, SchemaObject> {
  return new Map(schema.map((object) => [object.name.toLowerCase(), object]));
}

/** The refusal of a file in which another program uses a name that the store needs. */
export function nameTaken(type: SchemaObject['type'], name: string): ForeignSchemaError {
  const away =
    type === 'table' ? `ALTER TABLE "${name}" RENAME TO "${name}_before";` : `DROP ${type.toUpperCase()} "${name}";`;
  return new ForeignSchemaError(
    `its ${type} "${name}" is another program's, and the store needs that name for itself`,
    `Set SEEN_DB_PATH to a file of the store's own or, if no program needs that ${type} any more, run in "sqlite3":\n${away}`,
  );
}

function missing({ type, name, sql }: SchemaObject): ForeignSchemaError {
  return new ForeignSchemaError(
    `its ${type} "${name}" is missing, although a store has made it`,
    `Restore a copy of the file or, if there is none, run in "sqlite3":\n${sql};`,
  );
}
