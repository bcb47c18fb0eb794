import { transferTables } from '../tables.ts';
import { SeenInputError } from '../../errors.ts';
import type { TransferColumn, TransferRow, TransferTable, TransferValue } from '../../port/transfer.ts';

// A file of JSON lines: a header, a line for each row in the order of the tables and keys, and the numbers of rows.
//
//   {"format":"sapphire-plugin-seen","version":1,"backend":"sqlite","database":"4f…","at":"2026-11-26T12:00:00.000Z","token":7}
//   {"seen":{"id":"a","ts":1795435200}}
//   {"end":{"seen":1}}

const FORMAT = 'sapphire-plugin-seen';

/** The version of the format. One with other tables or columns is another. */
const FORMAT_VERSION = 1;

/** The first line. */
export interface Header {
  /** The backend that the rows come from. */
  readonly backend: string;
  /** The name of the database that they come from. */
  readonly database: string;
  readonly token: number;
  /** See `TransferSource.state`; null where it is not known. */
  readonly state: string | null;
}

/** The number of rows of each table that has some: the last line. */
export type RowCounts = Readonly<Record<string, number>>;

/** @param at The time of the export, in milliseconds since the Unix epoch. */
export function headerLine(header: Header, at: number): string {
  return JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, at: new Date(at).toISOString(), ...header });
}

/** Tells whether a text can be the first line, or the beginning of one that was cut off. */
export function mayBeginHeader(text: string): boolean {
  const start = `{"format":"${FORMAT}",`;
  return text.startsWith(start) || start.startsWith(text);
}

export function countsLine(counts: RowCounts): string {
  return JSON.stringify({ end: counts });
}

/** A whole number beyond the safe ones is written as its digits: other programs would round it. */
export function toLine({ name, columns }: TransferTable, row: TransferRow): string {
  const values = columns.map((column, index) => [column.name, toJson(row[index] ?? null)] as const);
  return JSON.stringify({ [name]: Object.fromEntries(values) });
}

function toJson(value: TransferValue): string | number | null {
  return typeof value === 'bigint' ? String(value) : value;
}

/** @throws {SeenInputError} saying what is wrong with the line. */
export function headerOf(line: unknown): Header {
  if (!isObject(line) || line['format'] !== FORMAT)
    throw new SeenInputError('it is no file that "seen export" has made');
  const { version, backend, database, token, state } = line;
  if (version !== FORMAT_VERSION) {
    throw new SeenInputError(`its format has the version ${String(version)}, and this program knows ${FORMAT_VERSION}`);
  }
  if (typeof backend !== 'string' || typeof database !== 'string' || !isWhole(token)) {
    throw new SeenInputError('its first line lacks backend, database or token');
  }
  return { backend, database, token, state: typeof state === 'string' ? state : null };
}

/** The counts of a line; undefined for one that is no last line. */
export function countsOf(line: unknown): RowCounts | undefined {
  if (!isObject(line) || !isObject(line['end'])) return undefined;
  const counts = Object.entries(line['end']);
  return Object.fromEntries(counts.filter((entry): entry is [string, number] => isWhole(entry[1])));
}

/** A row with its table. */
export interface TableRow {
  readonly table: TransferTable;
  readonly row: TransferRow;
}

/** @throws {SeenInputError} saying what is wrong with the line. */
export function rowOf(line: unknown): TableRow {
  const [entry, ...others] = isObject(line) ? Object.entries(line) : [];
  const table = transferTables.find(({ name }) => name === entry?.[0]);
  if (entry === undefined || others.length > 0 || table === undefined)
    throw new SeenInputError('it is no row of a table');
  const [, values] = entry;
  if (!isObject(values)) throw new SeenInputError('it has no columns');
  const unknown = Object.keys(values).find((name) => !table.columns.some((column) => column.name === name));
  if (unknown !== undefined) throw new SeenInputError(`the table ${table.name} has no column ${unknown}`);
  return { table, row: table.columns.map((column) => toValue(column, values[column.name])) };
}

function toValue({ name, type, isNullable }: TransferColumn, value: unknown): TransferValue {
  if (value === null && isNullable) return null;
  if (type === 'text' && typeof value === 'string') return value;
  if (type === 'real' && typeof value === 'number') return value;
  if ((type === 'integer' || type === 'flag') && isWhole(value)) return value;
  if (type === 'integer' && typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value);
  throw new SeenInputError(`the column ${name} cannot be ${value === undefined ? 'left out' : JSON.stringify(value)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
