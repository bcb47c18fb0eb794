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
    await this.#changeHeld('savePost', claim, () => this.#statements.savePost.run(messageId, claim.id, channelId));
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

  async failed({ feed, limit = 25 }: LedgerQuery = {}): Promise<LedgerEntry[]> {
    return this.#access.read('failed', () =>
      this.#statements.failed.all({ feed: feed ?? null, limit }).map((row) => this.#toEntry(row)),
    );
  }

  async counts(): Promise<LedgerCounts> {
    const none = { waiting: 0, active: 0, failed: 0 };
    return this.#access.read('counts', () => this.#statements.counts.get(this.#access.now()) ?? none);
  }

  async retry(ids?: readonly string[]): Promise<number> {
    const wanted = ids === undefined ? null : JSON.stringify(ids);
    return this.#access.write('retry', () => {
      this.#statements.forgetFailedPosts.run({ wanted });
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
    savePost: db.prepare<[messageId: string | null, id: string, channelId: string]>(
      "UPDATE seen_post SET state = 'posted', message_id = ?, error = NULL WHERE item_id = ? AND channel_id = ?",
    ),
    savePostFailure: db.prepare<[{ id: string; channelId: string; error: string; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, error)
       VALUES (@id, @channelId, 'failed', @now, @error)
       ON CONFLICT DO UPDATE SET state = 'failed', error = excluded.error`,
    ),
    failed: db.prepare<[{ feed: string | null; limit: number }], ItemRow>(
      `SELECT * FROM seen_item WHERE state = 'failed' AND (@feed IS NULL OR feed = @feed)
       ORDER BY updated_at DESC, id LIMIT @limit`,
    ),
    counts: db.prepare<[now: number], LedgerCounts>(
      `SELECT coalesce(sum(state <> 'failed' AND lease_until IS NULL), 0) AS waiting,
              coalesce(sum(state <> 'failed' AND lease_until > ?), 0) AS active,
              coalesce(sum(state = 'failed'), 0) AS failed
       FROM seen_item WHERE state <> 'posted'`,
    ),
    forgetFailedPosts: db.prepare<[{ wanted: string | null }]>(
      `DELETE FROM seen_post WHERE state = 'failed'
         AND item_id IN (SELECT id FROM seen_item WHERE ${failedAndWanted})`,
    ),
    retry: db.prepare<[{ wanted: string | null; now: number }]>(
      `UPDATE seen_item SET attempts = 0, retry_at = NULL, updated_at = @now,
         state = iif(enrichment IS NULL, 'claimed', 'enriched') WHERE ${failedAndWanted}`,
    ),
  };
}
