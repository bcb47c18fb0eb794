import { SeenInputError } from '../../errors.ts';
import type {
  TransferChanges,
  TransferColumn,
  TransferKey,
  TransferRow,
  TransferTable,
  TransferValue,
} from '../../port/transfer.ts';
import { MOST_CHARACTERS } from '../../row-size.ts';
import type { Session } from '../session.ts';
import { quoted } from '../tables.ts';

/** The types of columns, as parameters of statements. */
const types = {
  text: 'text[]',
  integer: 'bigint[]',
  flag: 'integer[]',
  real: 'double precision[]',
} as const satisfies Record<TransferColumn['type'], string>;

/** Rows of a table that are counted, at most. */
const MOST_COUNTED = 1_000_000;

/** Reads rows of a table: see `TransferSource.read`. */
export async function readRows(
  session: Session,
  schema: string,
  table: TransferTable,
  after: TransferKey | null,
  limit: number,
): Promise<TransferRow[]> {
  const rows = await session.rows<Readonly<Record<string, string | number | null>>>(
    selectOf(schema, table, after !== null),
    [...(after ?? []).map(toParameter), limit],
  );
  return rows.map((row) => table.columns.map((column) => toValue(column, row[column.name] ?? null)));
}

/** Whole numbers come as their digits, because some are larger than JavaScript's. */
function selectOf(schema: string, table: TransferTable, isAfter: boolean): string {
  const keys = table.columns.slice(0, table.keyLength);
  const order = keys.map(({ name, type }) => (type === 'text' ? `${name} COLLATE "C"` : name));
  const columns = table.columns.map(({ name, type }) => {
    if (type === 'flag') return `${name}::integer AS ${name}`;
    return type === 'integer' ? `${name}::text AS ${name}` : name;
  });
  const parameters = keys.map(({ type }, index) => `$${index + 1}::${types[type].slice(0, -2)}`);
  // The first column once more: it alone is in the order of the index where a further one is compared otherwise.
  const isLater = `${order[0]} >= ${parameters[0]} AND (${order.join(', ')}) > (${parameters.join(', ')})`;
  const inOrder = `ORDER BY ${order.map((name) => `kept.${name}`).join(', ')}`;
  const found = `${nameOf(schema, table)} AS kept ${isAfter ? `WHERE ${isLater}` : ''}
    ${inOrder} LIMIT $${isAfter ? keys.length + 1 : 1}`;
  const texts = table.columns.slice(table.keyLength).filter(({ type }) => type === 'text');
  if (texts.length === 0) return `SELECT ${columns.join(', ')} FROM ${found}`;
  // The length of a text is known without the text.
  const size = texts.map(({ name }) => `coalesce(octet_length(kept.${name}), 0)`).join(' + ');
  return `SELECT ${columns.join(', ')} FROM (
      SELECT kept.*, sum(${size}) OVER (${inOrder} ROWS UNBOUNDED PRECEDING) - (${size}) AS size_before
      FROM (SELECT * FROM ${found}) AS kept
    ) AS kept WHERE size_before < ${MOST_CHARACTERS} ${inOrder}`;
}

/** Counts the rows of tables. Of one with more than a million, it takes the server's estimate: a count takes long. */
export async function countRows(session: Session, schema: string, tables: readonly TransferTable[]): Promise<number> {
  const counts = tables.map((table) => {
    const name = nameOf(schema, table);
    const estimate = `(SELECT reltuples FROM pg_class WHERE oid = '${name.replaceAll("'", "''")}'::regclass)`;
    const counted = `(SELECT count(*) FROM (SELECT FROM ${name} LIMIT ${MOST_COUNTED}) AS first_rows)`;
    return `CASE WHEN ${estimate} >= ${MOST_COUNTED} THEN ${estimate} ELSE ${counted} END`;
  });
  const row = await session.row<{ rows: number }>(`SELECT ${counts.join(' + ')} AS rows`);
  return row?.rows ?? 0;
}

function toValue({ type }: TransferColumn, value: string | number | null): TransferValue {
  if (type !== 'integer' || value === null) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/**
 * Returns the row as PostgreSQL keeps it, which has no U+0000.
 *
 * @param now Unix time in milliseconds.
 * @throws {SeenInputError} for a key that has one: it would be another key.
 */
export function toKept(table: TransferTable, row: TransferRow, now: number): TransferRow {
  // The loss that a backup stands for is noticed now: PostgreSQL has no row that waits for that.
  if (table.name === 'seen_loss') return row.map((value) => value ?? now);
  if (!row.some((value) => typeof value === 'string' && /[\0\uD800-\uDFFF]/.test(value))) return row;
  return row.map((value, index) => {
    if (typeof value !== 'string') return value;
    const kept = value.toWellFormed().replaceAll('\0', '\uFFFD');
    if (index >= table.keyLength || kept === value) return kept;
    const message =
      `A row of the table ${table.name} has the key ${JSON.stringify(value)}, which PostgreSQL cannot keep: it contains ` +
      'U+0000 or half a character. Delete it from the source, and begin again.';
    throw new SeenInputError(message);
  });
}

/** Makes the changes of a table, inside a transaction. To make them again changes nothing more. */
export async function changeRows(
  session: Session,
  schema: string,
  table: TransferTable,
  { removed, put }: TransferChanges,
): Promise<void> {
  const name = nameOf(schema, table);
  const keys = table.columns.slice(0, table.keyLength);
  const keyNames = keys.map((column) => column.name).join(', ');
  if (removed.length > 0) {
    const statement = `DELETE FROM ${name} WHERE (${keyNames}) IN (SELECT * FROM unnest(${parametersOf(keys)}))`;
    await session.run(statement, columnsOf(keys, removed));
  }
  if (put.length === 0) return;
  for (const unique of table.alsoUnique) await removeConflicts(session, name, table, unique, put);
  const names = table.columns.map((column) => column.name);
  const values = table.columns.map((column) => (column.type === 'flag' ? flagOf(column.name) : `given.${column.name}`));
  const changes = names.slice(table.keyLength).map((column) => `${column} = excluded.${column}`);
  await session.run(
    `INSERT INTO ${name} (${names.join(', ')})
     SELECT ${values.join(', ')} FROM unnest(${parametersOf(table.columns)}) AS given (${names.join(', ')})
     ON CONFLICT (${keyNames}) DO UPDATE SET ${changes.join(', ')}`,
    columnsOf(table.columns, put),
  );
}

function flagOf(name: string): string {
  return `given.${name} = 1`;
}

/** A row that stands in the way is not one of the source, or will be put later. */
async function removeConflicts(
  session: Session,
  name: string,
  table: TransferTable,
  { column, among }: TransferTable['alsoUnique'][number],
  put: readonly TransferRow[],
): Promise<void> {
  const [index, amongIndex] = [column, among?.column].map((one) =>
    table.columns.findIndex((each) => each.name === one),
  );
  const concerned = put.filter((row) => among === undefined || row[amongIndex ?? -1] === among.value);
  if (concerned.length === 0) return;
  const type = table.columns[index ?? -1]?.type ?? 'text';
  const isAmong = among === undefined ? 'true' : `${among.column}::integer = ${among.value}`;
  await session.run(`DELETE FROM ${name} WHERE ${isAmong} AND ${column} = ANY ($1::${types[type]})`, [
    concerned.map((row) => toParameter(row[index ?? -1] ?? null)),
  ]);
}

function parametersOf(columns: readonly TransferColumn[]): string {
  return columns.map(({ type }, index) => `$${index + 1}::${types[type]}`).join(', ');
}

/** The rows, column by column. */
function columnsOf(columns: readonly TransferColumn[], rows: readonly TransferRow[]): unknown[][] {
  return columns.map((_, index) => rows.map((row) => toParameter(row[index] ?? null)));
}

function toParameter(value: TransferValue): string | number | null {
  return typeof value === 'bigint' ? String(value) : value;
}

export function nameOf(schema: string, { name }: Pick<TransferTable, 'name'>): string {
  return `${quoted(schema)}.${name}`;
}
