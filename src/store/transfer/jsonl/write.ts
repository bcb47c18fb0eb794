import { statSync } from 'node:fs';

import { requireDestination } from '../../destination.ts';
import { reasonOf, SeenError, SeenInputError } from '../../errors.ts';
import { SQLITE_START, startOf } from '../../file-start.ts';
import type { TransferSource } from '../../port/transfer.ts';
import { publish } from '../../publish.ts';
import { nextTurn, TURN_SIZE } from '../../turns.ts';
import { keyOf } from '../compare-keys.ts';
import type { TransferControl } from '../copy.ts';
import { transferTables } from '../tables.ts';
import { countsLine, toLine } from './format.ts';
import { PartialFile } from './partial-file.ts';

/** The options of an export. */
export interface ExportOptions extends TransferControl {
  /** The time that the file names, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Replaces a file that has the name already. Default: false. */
  readonly isReplacing?: boolean | undefined;
  /** The path of the database that the rows are from, where it is a file. */
  readonly database?: string | undefined;
}

/**
 * Writes all rows into a file of JSON lines, as they were at one moment. It gets its name once it is complete and on the
 * disk. One that was interrupted goes on when nothing has been written to the database since, and begins anew otherwise.
 *
 * @param path The absolute path of the file.
 * @returns The number of rows.
 * @throws {SeenInputError} for a path that cannot be that of the file.
 * @throws The signal's reason, once it aborts.
 */
export async function exportRows(source: TransferSource, path: string, options: ExportOptions): Promise<number> {
  const { isReplacing = false } = options;
  const destination = requireFreeFile(path, options);
  try {
    const file = await PartialFile.open(`${destination}.partial`, source, options.at);
    try {
      await writeRows(source, file, options);
      await file.append([countsLine(file.counts)]);
      await file.sync();
      await file.requireName(file.path);
      publish(file.path, requireFreeFile(destination, options), isReplacing);
      await file.requireName(destination);
      return file.rows;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SeenError || options.signal?.aborted === true) throw error;
    throw new SeenInputError(`${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** @returns The file, links followed. */
function requireFreeFile(path: string, { isReplacing, database }: ExportOptions): string {
  const terms = { what: 'An export', overwrite: isReplacing, overwriteSetting: '--force' };
  const file = requireDestination(database, path, terms);
  if (!isDatabase(file)) return file;
  throw new SeenInputError(`${terms.what} cannot be written to ${path}: it is a SQLite database. Choose another name.`);
}

/** The database that the rows are from, which this process has open, has been refused before. */
function isDatabase(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && startOf(path) === SQLITE_START;
}

/** Writes the rows that the file does not have yet. */
async function writeRows(source: TransferSource, file: PartialFile, control: TransferControl): Promise<void> {
  const total = await source.countRows(transferTables);
  const first = file.last === undefined ? 0 : transferTables.indexOf(file.last.table);
  for (const table of transferTables.slice(first)) {
    let after = file.last?.table === table ? keyOf(table, file.last.row) : null;
    for (;;) {
      control.signal?.throwIfAborted();
      const rows = await source.read(table, after, TURN_SIZE);
      await file.append(rows.map((row) => toLine(table, row)));
      file.count(table, rows);
      control.onProgress?.({ rows: file.rows, left: Math.max(0, total - file.rows), changed: file.rows });
      await nextTurn();
      const last = rows.at(-1);
      if (last === undefined) break;
      after = keyOf(table, last);
    }
  }
}
