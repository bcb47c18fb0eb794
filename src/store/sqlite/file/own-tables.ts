import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';

import { openDatabase } from './driver.ts';
import { ForeignSchemaError } from './open-error.ts';

/** A table or an index, as SQLite's schema describes it. */
interface SchemaObject {
  readonly type: 'table' | 'index' | 'view';
  readonly name: string;
  readonly sql: string;
  /** Columns of a table, in lower case. */
  readonly columns: readonly string[];
}

/** A digest of everything that the schema of the file has, word for word. */
export function schemaDigest(db: Database): string {
  const sqls = db.prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql').pluck().all();
  return createHash('sha256').update(JSON.stringify(sqls)).digest('hex');
}

/**
 * Makes sure that the tables that these migrations made are still there and are ours. A newer program may have added
 * columns.
 *
 * @throws {ForeignSchemaError} naming what is not.
 */
export function requireOwnTables(db: Database, applied: readonly string[]): void {
  const existing = byName(readSchema(db));
  const made = schemaAfter(applied);
  const others = made.filter((object) => !isSharedTable(object));
  // Nothing of ours is there: the number was not written by a store.
  if (others.length > 0 && !others.some(({ name }) => existing.has(name))) throw nameTaken('table', 'seen_migration');
  const lost = made.filter(({ name }) => !existing.has(name));
  if (lost.length > 0) throw missing(lost);
  for (const expected of made) {
    const found = existing.get(expected.name) ?? expected;
    const isOurs = found.type === expected.type && expected.columns.every((name) => found.columns.includes(name));
    if (!isOurs && !isSharedTable(found)) throw nameTaken(found.type, found.name);
  }
}

/**
 * Makes sure that nothing in the file has a name that the pending migrations need.
 *
 * @throws {ForeignSchemaError} naming what has.
 */
export function requireFreeNames(db: Database, applied: readonly string[], pending: readonly string[]): void {
  if (pending.length === 0) return;
  const made = byName(schemaAfter(applied));
  const existing = byName(readSchema(db));
  for (const { name } of schemaAfter([...applied, ...pending])) {
    const found = existing.get(name);
    if (found === undefined || made.has(name) || isSharedTable(found)) continue;
    throw nameTaken(found.type, found.name);
  }
}

/** The one table that another program may have made: see `requireSeenTable`. */
function isSharedTable({ type, name }: SchemaObject): boolean {
  return name.toLowerCase() === 'seen' && type !== 'index';
}

/** Schemas by the number of migrations that make them, which never changes. They are made once a thread. */
const schemas = new Map<number, readonly SchemaObject[]>();

/** The schema that these migrations, the first so many, make in an empty database. */
function schemaAfter(applied: readonly string[]): readonly SchemaObject[] {
  const schema = schemas.get(applied.length) ?? makeSchema(applied);
  schemas.set(applied.length, schema);
  return schema;
}

function makeSchema(applied: readonly string[]): SchemaObject[] {
  const db = openDatabase(':memory:');
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
    .map(({ type, name, sql, columns }) => ({ type, name, sql, columns: columns.split(',') }));
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

function missing(lost: readonly SchemaObject[]): ForeignSchemaError {
  const names = lost.map(({ type, name }) => `its ${type} "${name}"`).join(' and ');
  return new ForeignSchemaError(
    `${names} ${lost.length === 1 ? 'is' : 'are'} missing, which a store has made`,
    `Restore a copy of the file or, if there is none, run in "sqlite3":\n${lost.map(({ sql }) => `${sql};`).join('\n')}`,
  );
}
