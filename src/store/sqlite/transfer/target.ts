import type { Database } from 'better-sqlite3';

import { SeenStoreOpenError } from '../../errors.ts';
import type { SqliteOptions } from '../../options.ts';
import type { Admit, Moves, TransferTable, TransferTarget } from '../../port/transfer.ts';
import { connect, type Opened } from '../file/connection.ts';
import { loadDriver } from '../file/driver.ts';
import { closeNoted } from '../file/file-note.ts';
import { locate, nameInMessages } from '../file/location.ts';
import { openFailure } from '../file/open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, Presence, withOpeningLock } from '../file/opening-lock.ts';
import { prepareReadMoves, readName, saveMoves } from '../move-rows.ts';
import { countRows, prepareChangeRows, preparedByTable, prepareReadRows } from './rows.ts';
import { readToken } from './source.ts';

/** Transactions after which the log is brought into the file: it would grow to the size of the file otherwise. */
const CHECKPOINT_EVERY = 20;

/**
 * Opens a file that no store has open, creating or upgrading it as needed, for a transfer.
 *
 * @param tables The tables that tell whether the database has been used.
 * @throws {SeenStoreOpenError} when it cannot be opened, or a store has it open; and what `admit` throws.
 */
export async function openSqliteTarget(
  configured: SqliteOptions,
  tables: readonly TransferTable[],
  admit: Admit,
): Promise<TransferTarget> {
  const options = { ...configured, path: await settlePath(configured) };
  const opened = await connect(options);
  try {
    const moves = withOpeningLock(options.path, (isAlone) => {
      if (isAlone) return enter(opened.db, tables, admit);
      const message = `${options.path} is in use. Stop the bot or the command that uses it, and try again.`;
      throw new SeenStoreOpenError(message, options.path);
    });
    return createTarget(opened, moves, options);
  } catch (error) {
    closeNoted(opened.db, opened.set, options);
    throw error;
  }
}

/** The path that the options lead to. Nothing is made where SQLite cannot be used. */
export async function settlePath(options: SqliteOptions): Promise<string> {
  try {
    const path = locate(options.path);
    await loadDriver();
    return path;
  } catch (error) {
    throw openFailure({ ...options, path: nameInMessages(options.path) }, error);
  }
}

/** @returns The marks that it leaves. */
function enter(db: Database, tables: readonly TransferTable[], admit: Admit): Moves {
  db.pragma(`busy_timeout = ${OPEN_BUSY_TIMEOUT_MS}`);
  const enterAlone = db.transaction(() => {
    const found = { database: readName(db, db.name), moves: prepareReadMoves(db)(), isEmpty: isEmpty(db, tables) };
    const moves = admit(found);
    saveMoves(db, moves);
    return moves;
  });
  return enterAlone.immediate();
}

function isEmpty(db: Database, tables: readonly TransferTable[]): boolean {
  return tables.every(({ name }) => db.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() === undefined);
}

function createTarget({ db, set }: Opened, moves: Moves, options: SqliteOptions): TransferTarget {
  const presence = new Presence(options.path);
  const inTransaction = db.transaction((change: () => void) => change());
  const prepared = preparedByTable((table) => ({
    read: prepareReadRows(db, table),
    change: prepareChangeRows(db, table),
  }));
  let changes = 0;
  return {
    database: readName(db, db.name),
    moves,
    read: async (table, after, limit) => prepared(table).read(after, limit),
    countRows: async (counted) => countRows(db, counted),
    toKept: (_table, row) => row,
    async change(table, { removed, put }) {
      inTransaction.immediate(() => prepared(table).change(removed, put));
      changes += 1;
      if (changes % CHECKPOINT_EVERY === 0) db.pragma('wal_checkpoint(PASSIVE)');
    },
    raiseToken: async (token) => inTransaction.immediate(() => raiseToken(db, token)),
    saveMoves: async (marks) => inTransaction.immediate(() => saveMoves(db, marks)),
    async close() {
      closeNoted(db, set, options);
      presence.end();
    },
  };
}

function raiseToken(db: Database, token: number): void {
  const value = Math.max(token, readToken(db));
  const { changes } = db.prepare('UPDATE seen_token SET value = ?').run(value);
  if (changes === 0) db.prepare('INSERT INTO seen_token (value) VALUES (?)').run(value);
}
