import { readFileSync } from 'node:fs';

export interface WalCount {
  /** Transactions that were committed. */
  readonly commits: number;
  /** Pages that were written. */
  readonly pages: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Counts what a write-ahead log holds since it was last begun anew: https://sqlite.org/fileformat2.html#walformat.
 *
 * A frame is a page; the last one of a transaction names the size of the database, the others say 0.
 */
function countWal(databaseFile: string): WalCount {
  const log = readFileSync(`${databaseFile}-wal`);
  if (log.length === 0) return { commits: 0, pages: 0 };
  const pageBytes = log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  let [commits, pages] = [0, 0];
  for (let at = HEADER_BYTES; at < log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    pages += 1;
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return { commits, pages };
}

/** Counts what `work` adds to the log. The log must not be begun anew meanwhile, so keep it below 1,000 pages. */
export async function walOf(databaseFile: string, work: () => Promise<unknown>): Promise<WalCount> {
  const before = countWal(databaseFile);
  await work();
  const after = countWal(databaseFile);
  return { commits: after.commits - before.commits, pages: after.pages - before.pages };
}
