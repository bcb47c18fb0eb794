import type { Database } from 'better-sqlite3';

import type { Claim } from '../claims.ts';
import { toJson } from '../json.ts';
import type { Ledger, LedgerCounts, LedgerEntry, LedgerQuery } from '../ledger.ts';
import type { Access } from './access.ts';
import { requireNoneLost, type Fence } from './fence.ts';
import { toLedgerEntry, type ItemRow, type PostRow } from './item-rows.ts';

/** The ledger on the tables `seen_item` and `seen_post`. */
export class SqliteLedger implements Ledger {
  readonly #access: Access;
  readonly #fence: Fence;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: Access, fence: Fence) {
    this.#access = access;
    this.#fence = fence;
    this.#statements = prepare(access.db);
  }

  async saveEnrichment(claim: Claim, enrichment: unknown): Promise<void> {
    const json = toJson('the enrichment', enrichment);
    await this.#changeHeld('saveEnrichment', claim, (now) => this.#statements.saveEnrichment.run(json, now, claim.id));
  }

  async saveIntent(claim: Claim, channelId: string): Promise<void> {
    const { saveIntent, setState } = this.#statements;
    await this.#changeHeld('saveIntent', claim, (now) => {
      saveIntent.run(claim.id, channelId, now);
      setState.run('posting', now, claim.id);
    });
  }

  async dropIntent(claim: Claim, channelId: string): Promise<void> {
    await this.#changeHeld('dropIntent', claim, () => this.#statements.dropIntent.run(claim.id, channelId));
  }

  async savePost(claim: Claim, channelId: string, messageId: string | null): Promise<void> {
    await this.#changeHeld('savePost', claim, (now) =>
      this.#statements.savePost.run({ id: claim.id, channelId, messageId, now }),
    );
  }

  async savePostFailure(claim: Claim, channelId: string, error: string): Promise<void> {
    await this.#changeHeld('savePostFailure', claim, (now) =>
      this.#statements.savePostFailure.run({ id: claim.id, channelId, error, now }),
    );
  }

  async find(id: string): Promise<LedgerEntry | null> {
    return this.#access.read('find', () => {
      const row = this.#fence.find(id);
      return row === undefined ? null : this.#toEntry(row);
    });
  }

  async filterUnknown(ids: readonly string[]): Promise<string[]> {
    return this.#access.read('filterUnknown', () => this.#statements.filterUnknown.all(JSON.stringify(ids)));
  }

  async failed({ feed, limit = 25 }: LedgerQuery = {}): Promise<LedgerEntry[]> {
    return this.#access.read('failed', () =>
      this.#statements.failed.all({ feed: feed ?? null, limit }).map((row) => this.#toEntry(row)),
    );
  }

  async counts(): Promise<LedgerCounts> {
    const { countOpen, countFailed } = this.#statements;
    return this.#access.read('counts', () => {
      const { waiting = 0, active = 0 } = countOpen.get({ now: this.#access.now() }) ?? {};
      return { waiting, active, failed: countFailed.get() ?? 0 };
    });
  }

  async retry(ids?: readonly string[]): Promise<number> {
    const wanted = ids === undefined ? null : JSON.stringify(ids);
    return this.#access.write('retry', () => {
      this.#statements.reopenFailedPosts.run({ wanted });
      return this.#statements.retry.run({ wanted, now: this.#access.now() }).changes;
    });
  }

  #toEntry(row: ItemRow): LedgerEntry {
    return toLedgerEntry(row, this.#statements.posts.all(row.id));
  }

  async #changeHeld(operation: string, claim: Claim, change: (now: number) => void): Promise<void> {
    const lost = await this.#access.write(operation, () =>
      this.#fence.forEachHeld([claim], () => change(this.#access.now())),
    );
    requireNoneLost(operation, lost);
  }
}

const failedAndWanted = `state = 'failed' AND (@wanted IS NULL OR id IN (SELECT value FROM json_each(@wanted)))`;

function prepare(db: Database) {
  return {
    posts: db.prepare<[id: string], PostRow>('SELECT * FROM seen_post WHERE item_id = ? ORDER BY channel_id'),
    saveEnrichment: db.prepare<[json: string, now: number, id: string]>(
      "UPDATE seen_item SET enrichment = ?, state = 'enriched', updated_at = ? WHERE id = ?",
    ),
    setState: db.prepare<[state: string, now: number, id: string]>(
      'UPDATE seen_item SET state = ?, updated_at = ? WHERE id = ?',
    ),
    saveIntent: db.prepare<[id: string, channelId: string, now: number]>(
      "INSERT INTO seen_post (item_id, channel_id, state, intent_at) VALUES (?, ?, 'open', ?) ON CONFLICT DO NOTHING",
    ),
    dropIntent: db.prepare<[id: string, channelId: string]>(
      "DELETE FROM seen_post WHERE item_id = ? AND channel_id = ? AND state = 'open'",
    ),
    /** An insert, because the intent may be missing: the message exists nonetheless. */
    savePost: db.prepare<[{ id: string; channelId: string; messageId: string | null; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, message_id)
       VALUES (@id, @channelId, 'posted', @now, @messageId)
       ON CONFLICT DO UPDATE SET state = 'posted', message_id = excluded.message_id, error = NULL`,
    ),
    savePostFailure: db.prepare<[{ id: string; channelId: string; error: string; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, error)
       VALUES (@id, @channelId, 'failed', @now, @error)
       ON CONFLICT DO UPDATE SET state = 'failed', error = excluded.error WHERE state <> 'posted'`,
    ),
    filterUnknown: db
      .prepare<[ids: string], string>(
        'SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM seen_item WHERE seen_item.id = value)',
      )
      .pluck(),
    failed: db.prepare<[{ feed: string | null; limit: number }], ItemRow>(
      `SELECT * FROM seen_item WHERE state = 'failed' AND (@feed IS NULL OR feed = @feed)
       ORDER BY updated_at DESC, id LIMIT @limit`,
    ),
    countOpen: db.prepare<[{ now: number }], Pick<LedgerCounts, 'waiting' | 'active'>>(
      `SELECT coalesce(sum(lease_until IS NULL OR lease_until <= @now), 0) AS waiting,
              coalesce(sum(lease_until > @now), 0) AS active
       FROM seen_item INDEXED BY seen_item_open
       WHERE state IN ('claimed', 'enriched', 'posting')
         AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)`,
    ),
    countFailed: db.prepare<[], number>("SELECT count(*) FROM seen_item WHERE state = 'failed'").pluck(),
    /** Their first request may have been applied: the next attempt looks before it posts. */
    reopenFailedPosts: db.prepare<[{ wanted: string | null }]>(
      `UPDATE seen_post SET state = 'open', error = NULL WHERE state = 'failed'
         AND item_id IN (SELECT id FROM seen_item WHERE ${failedAndWanted})`,
    ),
    retry: db.prepare<[{ wanted: string | null; now: number }]>(
      `UPDATE seen_item SET attempts = 0, retry_at = NULL, updated_at = @now,
         state = iif(enrichment IS NULL, 'claimed', 'enriched') WHERE ${failedAndWanted}`,
    ),
  };
}
