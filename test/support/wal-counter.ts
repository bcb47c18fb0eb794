import { readFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';

export interface WalCount {
  /** Transactions that were committed. */
  readonly commits: number;
  /** Pages that were written. */
  readonly pages: number;
}

interface CountedLog extends WalCount {
  /** Other ones each time that the log is begun anew. */
  readonly salts: string;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Counts what a write-ahead log holds since it was last begun anew: https://sqlite.org/fileformat2.html#walformat.
 *
 * A frame is a page; the last one of a transaction names the size of the database, the others say 0.
 */
function countWal(databaseFile: string): CountedLog {
  const log = readFileSync(`${databaseFile}-wal`);
  if (log.length === 0) return { commits: 0, pages: 0, salts: '' };
  const pageBytes = log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  let [commits, pages] = [0, 0];
  for (let at = HEADER_BYTES; at < log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    pages += 1;
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return { commits, pages, salts: salts.toString('hex') };
}

/**
 * Counts what `work` adds to the log.
 *
 * A checkpoint lets the next write begin the log anew, and a store makes one a second after its last commit. None is made
 * while somebody else has the lock of the opening. After one that was made before, the first write begins the log anew.
 */
export async function walOf(databaseFile: string, work: () => Promise<unknown>): Promise<WalCount> {
  const lock = new BetterSqlite3(`${databaseFile}.lock`);
  try {
    lock.exec('BEGIN IMMEDIATE');
    const before = countWal(databaseFile);
    await work();
    const after = countWal(databaseFile);
    if (after.salts !== before.salts) return after;
    return { commits: after.commits - before.commits, pages: after.pages - before.pages };
  } finally {
    lock.close();
  }
}
