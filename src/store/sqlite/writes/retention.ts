import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';

import { LEDGER_RETENTION_MS } from '../retention-time.ts';
import type { WriteContext } from './context.ts';

/** Records looked at in one go: one statement over the whole ledger would hold up the event loop. */
const CHUNK = 2_000;

/**
 * Drops the records of items that ended long ago: posted, given up, or marked as seen while they waited. What still
 * has to be delivered stays, however old it is.
 *
 * A dead letter leaves its id seen. Otherwise a feed that lists it for months would begin it anew, and repeat the posts
 * that some of its channels got.
 */
export async function dropOldRecords(context: WriteContext, signal: AbortSignal): Promise<void> {
  const statements = prepare(context.db);
  let next: string | null = '';
  while (next !== null && !signal.aborted) {
    const from: string = next;
    next = statements.keyAfter.get(from, CHUNK) ?? null;
    await dropRange(context, statements, from, next);
    await nextTurn();
  }
}

async function dropRange(
  context: WriteContext,
  { old, markSeen, dropPosts, drop }: ReturnType<typeof prepare>,
  from: string,
  until: string | null,
): Promise<void> {
  const now = context.now();
  const range: Range = { from, until, now, before: now - LEDGER_RETENTION_MS };
  if (old.all(range).length === 0) return;
  await context.transact(() => {
    const ids = JSON.stringify(old.all(range));
    markSeen.run(Math.floor(now / 1000), ids);
    dropPosts.run(ids);
    drop.run(ids);
  });
}

interface Range {
  readonly from: string;
  /** First id behind the range; null for the end. */
  readonly until: string | null;
  readonly now: number;
  readonly before: number;
}

function prepare(db: Database) {
  return {
    keyAfter: db
      .prepare<[from: string, records: number], string>(
        'SELECT id FROM seen_item WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?',
      )
      .pluck(),
    old: db
      .prepare<[Range], string>(
        `SELECT id FROM seen_item
         WHERE id >= @from AND (@until IS NULL OR id < @until) AND updated_at < @before
           AND (state IN ('posted', 'failed') OR (
             coalesce(lease_until, 0) <= @now AND EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)))`,
      )
      .pluck(),
    markSeen: db.prepare<[ts: number, ids: string]>(
      `INSERT INTO seen (id, ts) SELECT seen_item.id, ? FROM json_each(?) JOIN seen_item ON seen_item.id = value
       WHERE state = 'failed' ON CONFLICT DO NOTHING`,
    ),
    dropPosts: db.prepare<[ids: string]>('DELETE FROM seen_post WHERE item_id IN (SELECT value FROM json_each(?))'),
    drop: db.prepare<[ids: string]>('DELETE FROM seen_item WHERE id IN (SELECT value FROM json_each(?))'),
  };
}
