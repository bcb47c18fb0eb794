import type { Database } from 'better-sqlite3';

import { SeenInputError } from '../../errors.ts';
import type { TransferColumn, TransferKey, TransferRow, TransferTable, TransferValue } from '../../port/transfer.ts';
import { MOST_CHARACTERS, sizeOfRow } from '../../row-size.ts';
import { secondsOfTs } from '../file/foreign-table/values.ts';

/** Reads rows of a table: see `TransferSource.read`. */
type ReadRows = (after: TransferKey | null, limit: number) => TransferRow[];

/** Prepares the reading of a table, in the order of its keys. */
export function prepareReadRows(db: Database, table: TransferTable): ReadRows {
  const keys = table.columns.slice(0, table.keyLength).map(({ name }) => name);
  const select = `SELECT ${table.columns.map((column) => expressionOf(table, column)).join(', ')} FROM ${table.name}`;
  const parameters = keys.map(() => '?').join(', ');
  const first = prepareRaw(db, `${select} WHERE ${keys[0]} IS NOT NULL ORDER BY ${keys.join(', ')} LIMIT ?`);
  const next = prepareRaw(
    db,
    `${select} WHERE (${keys.join(', ')}) > (${parameters}) ORDER BY ${keys.join(', ')} LIMIT ?`,
  );
  const requireText = prepareRequireText(db, table);
  return (after, limit) => {
    const rows = upToSize(after === null ? first.iterate(limit) : next.iterate(...after, limit));
    for (const row of rows) requireText(row.slice(0, table.keyLength));
    return rows;
  };
}

function upToSize(found: Iterable<readonly TransferValue[]>): TransferRow[] {
  const rows: TransferRow[] = [];
  let size = 0;
  for (const each of found) {
    const row = toRow(each);
    rows.push(row);
    size += sizeOfRow(row);
    if (size >= MOST_CHARACTERS) break;
  }
  return rows;
}

function prepareRaw(db: Database, sql: string) {
  return db.prepare<TransferValue[], TransferValue[]>(sql).raw().safeIntegers();
}

/** Another program may have stored a time otherwise than as a number. */
function expressionOf({ name: table }: TransferTable, { name }: TransferColumn): string {
  return table === 'seen' && name === 'ts' ? `iif(typeof(ts) = 'integer', ts, ${secondsOfTs})` : name;
}

function toRow(row: readonly TransferValue[]): TransferRow {
  return row.map((value) => (typeof value === 'bigint' ? toWhole(value) : value));
}

function toWhole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Prepares the check that a key is text. Another program may have stored bytes that are not: read as text they are another
 * key, with U+FFFD in the place of what is wrong, and that key is not there.
 */
function prepareRequireText(db: Database, { name, columns, keyLength }: TransferTable): (key: TransferKey) => void {
  const keys = columns.slice(0, keyLength).map((column) => `${column.name} = ?`);
  const find = db.prepare<TransferValue[]>(`SELECT 1 FROM ${name} WHERE ${keys.join(' AND ')}`);
  return (key) => {
    const isDoubtful = key.some((value) => typeof value === 'string' && value.includes('\uFFFD'));
    if (!isDoubtful || find.get(...key) !== undefined) return;
    throw new SeenInputError(
      `A row of the table ${name} has the key ${JSON.stringify(key.join(' '))}, in which U+FFFD stands for bytes that are ` +
        'not UTF-8, so that no program finds it. Delete it, and begin again.',
    );
  };
}

/** Counts the rows of tables. */
export function countRows(db: Database, tables: readonly TransferTable[]): number {
  const counts = tables.map(({ name }) => `(SELECT count(*) FROM ${name})`);
  return (
    db
      .prepare<[], number>(`SELECT ${counts.join(' + ')}`)
      .pluck()
      .get() ?? 0
  );
}

/** Makes the changes of a table. Only inside a transaction. */
type ChangeRows = (removed: readonly TransferKey[], put: readonly TransferRow[]) => void;

export function prepareChangeRows(db: Database, table: TransferTable): ChangeRows {
  // The place of an item is computed from the token of its first claim.
  const names = table.columns.map(({ name }) => (name === 'place_token' ? 'first_token' : name));
  const isKey = names.slice(0, table.keyLength).map((name) => `${name} = ?`);
  const remove = db.prepare<TransferValue[]>(`DELETE FROM ${table.name} WHERE ${isKey.join(' AND ')}`);
  const insert = db.prepare<TransferValue[]>(
    `INSERT OR REPLACE INTO ${table.name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  return (removed, put) => {
    for (const key of removed) remove.run(...key);
    for (const row of put) insert.run(...row.map((value, index) => toStored(value, table.columns[index])));
  };
}

/** The driver passes large numbers on as fractions, which a column of another program's table would keep. */
function toStored(value: TransferValue, column: TransferColumn | undefined): TransferValue {
  return column?.type !== 'real' && typeof value === 'number' ? BigInt(value) : value;
}

/** Prepares something for each table that is asked for, once. */
export function preparedByTable<Prepared>(
  prepare: (table: TransferTable) => Prepared,
): (table: TransferTable) => Prepared {
  const prepared = new Map<string, Prepared>();
  return (table) => {
    const found = prepared.get(table.name) ?? prepare(table);
    prepared.set(table.name, found);
    return found;
  };
}
