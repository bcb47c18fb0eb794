import type { Database } from 'better-sqlite3';

import { affinityOf, type Affinity } from './affinity.ts';

/** The kinds of things that rows can be selected from. */
export type SeenKind = 'table' | 'view' | 'virtual table';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly affinity: Affinity;
  readonly isGenerated: boolean;
  /** The column of a rowid table that SQLite numbers by itself: `INTEGER PRIMARY KEY`. */
  readonly isRowid: boolean;
  readonly isRequired: boolean;
  /** The SQL of its default value; null when there is none. */
  readonly defaultValue: string | null;
}

/** An index or a constraint that keeps rows apart. */
export interface UniqueIndex {
  readonly name: string;
  readonly isPartial: boolean;
  /** Null stands for an expression. */
  readonly columns: readonly (string | null)[];
  readonly collations: readonly string[];
}

/** The schema of the table `seen`, as far as it decides whether the store can use the table. Names are in lower case. */
export interface TableShape {
  readonly columns: readonly Column[];
  readonly uniqueIndexes: readonly UniqueIndex[];
  /** Columns that have to name a row of another table, with that table. */
  readonly references: readonly { readonly column: string; readonly table: string }[];
  /** Tables whose rows keep the rows of `seen` from being deleted. */
  readonly dependents: readonly string[];
}

/** The kind of what is called `seen`; undefined when nothing is. */
export function readKind(db: Database): SeenKind | undefined {
  return db
    .prepare<[], SeenKind>(
      `SELECT CASE type WHEN 'view' THEN 'view' WHEN 'virtual' THEN 'virtual table' ELSE 'table' END
       FROM pragma_table_list('seen') WHERE schema = 'main'`,
    )
    .pluck()
    .get();
}

/** Tells whether ids that differ are never the same to the table's own comparison. Reads no row. */
export function comparesIdsExactly(db: Database): boolean {
  const distinct = db.prepare<[], number>(
    `SELECT count(*) FROM (SELECT id FROM seen WHERE 0 UNION SELECT 'a' UNION SELECT 'A' UNION SELECT 'a ')`,
  );
  return distinct.pluck().get() === 3;
}

export function readColumnNames(db: Database): string[] {
  return db.prepare<[], string>("SELECT lower(name) FROM pragma_table_xinfo('seen')").pluck().all();
}

export function readShape(db: Database): TableShape {
  return {
    columns: readColumns(db),
    uniqueIndexes: readUniqueIndexes(db),
    references: readReferences(db),
    dependents: readDependents(db),
  };
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

function readColumns(db: Database): Column[] {
  const rows = db.prepare<[], ColumnRow>("SELECT * FROM pragma_table_xinfo('seen')").all();
  const isStrict = db.prepare("SELECT strict FROM pragma_table_list('seen')").pluck().get() === 1;
  const hasRowidKey = rows.filter(({ pk }) => pk > 0).length === 1 && !hasKeyIndex(db);
  return rows.map(({ name, type, notnull, dflt_value: defaultValue, pk, hidden }) => {
    const isRowid = hasRowidKey && pk > 0;
    const isGenerated = hidden > 1;
    const hasDefault = defaultValue !== null && defaultValue.toLowerCase() !== 'null';
    return {
      name: name.toLowerCase(),
      type,
      affinity: affinityOf(type, isStrict),
      isGenerated,
      isRowid,
      isRequired: notnull === 1 && !hasDefault && !isGenerated && !isRowid,
      defaultValue: hasDefault ? defaultValue : null,
    };
  });
}

/** A primary key without an index is the rowid. */
function hasKeyIndex(db: Database): boolean {
  return db.prepare("SELECT 1 FROM pragma_index_list('seen') WHERE origin = 'pk'").get() !== undefined;
}

interface IndexColumnRow {
  readonly name: string;
  readonly partial: number;
  readonly column: string | null;
  readonly coll: string;
}

function readUniqueIndexes(db: Database): UniqueIndex[] {
  const rows = db
    .prepare<[], IndexColumnRow>(
      `SELECT list.name, list.partial, lower(info.name) AS "column", upper(info.coll) AS coll
       FROM pragma_index_list('seen') AS list JOIN pragma_index_xinfo(list.name) AS info
       WHERE list."unique" = 1 AND info.key = 1 ORDER BY list.seq, info.seqno`,
    )
    .all();
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => ({
    name,
    isPartial: columns[0]?.partial === 1,
    columns: columns.map(({ column }) => column),
    collations: columns.map(({ coll }) => coll),
  }));
}

function readReferences(db: Database): { column: string; table: string }[] {
  return db
    .prepare<[], { column: string; table: string }>(
      `SELECT lower("from") AS "column", "table" FROM pragma_foreign_key_list('seen')`,
    )
    .all();
}

function readDependents(db: Database): string[] {
  return db
    .prepare<[], string>(
      `SELECT DISTINCT list.name FROM sqlite_schema AS list JOIN pragma_foreign_key_list(list.name) AS reference
       WHERE list.type = 'table' AND reference."table" = 'seen' COLLATE NOCASE
         AND reference.on_delete NOT IN ('CASCADE', 'SET NULL')`,
    )
    .pluck()
    .all();
}
