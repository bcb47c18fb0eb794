import type { Access } from './access.ts';

const DAY_MS = 86_400_000;

/** How long the ledger keeps an item that nobody works on. */
export const LEDGER_RETENTION_MS = 30 * DAY_MS;

/** Records dropped in one transaction. */
const CHUNK = 1_000;

/** Drops the records of items that ended, or were left waiting, long ago. */
export async function dropOldRecords(access: Access, signal: AbortSignal): Promise<void> {
  const drop = access.db.prepare<[now: number, before: number, chunk: number]>(
    `DELETE FROM seen_item WHERE id IN (
       SELECT id FROM seen_item WHERE coalesce(lease_until, 0) <= ? AND updated_at < ? LIMIT ?)`,
  );
  const dropPosts = access.db.prepare('DELETE FROM seen_post WHERE item_id NOT IN (SELECT id FROM seen_item)');
  let dropped = CHUNK;
  while (dropped === CHUNK && !signal.aborted) {
    const now = access.now();
    const result = await access.write('dropOldRecords', () => drop.run(now, now - LEDGER_RETENTION_MS, CHUNK));
    dropped = result.changes;
    if (dropped > 0) await access.write('dropOldRecords', () => dropPosts.run());
  }
}
