import type { Database } from 'better-sqlite3';

import type { Claim } from '../contract/claims.ts';
import { toJson } from '../core/json.ts';
import type { Ledger, LedgerCounts, LedgerEntry, LedgerQuery } from '../contract/ledger.ts';
import { readInChunks } from './chunks.ts';
import { requireNoneLost, toRef } from './claims.ts';
import { toLedgerEntry, type ItemRow, type PostRow } from './item-rows.ts';
import { LEDGER_RETENTION_MS } from './retention-time.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer/client.ts';

/** The ledger. Its writes are in `writes/ledger.ts`. */
export class SqliteLedger implements Ledger {
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #statements: () => ReturnType<typeof prepare>;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
    this.#statements = reader.statements(prepare);
  }

  async begin(claim: Claim): Promise<void> {
    requireNoneLost('begin', await this.#writer.call('begin', [toRef(claim)]));
  }

  async saveEnrichment(claim: Claim, enrichment: unknown): Promise<void> {
    const json = toJson('the enrichment', enrichment);
    requireNoneLost('saveEnrichment', await this.#writer.call('saveEnrichment', [toRef(claim), json]));
  }

  async saveIntent(claim: Claim, channelId: string): Promise<void> {
    requireNoneLost('saveIntent', await this.#writer.call('saveIntent', [toRef(claim), channelId]));
  }

  async dropIntent(claim: Claim, channelId: string): Promise<void> {
    requireNoneLost('dropIntent', await this.#writer.call('dropIntent', [toRef(claim), channelId]));
  }

  async savePost(claim: Claim, channelId: string, messageId: string | null): Promise<void> {
    requireNoneLost('savePost', await this.#writer.call('savePost', [toRef(claim), channelId, messageId]));
  }

  async savePostFailure(claim: Claim, channelId: string, error: string): Promise<void> {
    requireNoneLost('savePostFailure', await this.#writer.call('savePostFailure', [toRef(claim), channelId, error]));
  }

  async find(id: string): Promise<LedgerEntry | null> {
    return this.#reader.read('find', () => {
      const row = this.#statements().find.get(id);
      return row === undefined ? null : this.#toEntry(row);
    });
  }

  filterUnknown(ids: readonly string[]): Promise<string[]> {
    return readInChunks(this.#reader, 'filterUnknown', ids, (chunk) => this.#statements().filterUnknown.all(chunk));
  }

  async failed({ feed, limit = 25 }: LedgerQuery = {}): Promise<LedgerEntry[]> {
    return this.#reader.read('failed', () =>
      this.#statements()
        .failed.all({ feed: feed ?? null, limit })
        .map((row) => this.#toEntry(row)),
    );
  }

  async counts(): Promise<LedgerCounts> {
    return this.#reader.read('counts', () => {
      const { countOpen, countFailed } = this.#statements();
      const { waiting = 0, active = 0 } = countOpen.get({ now: this.#reader.now() }) ?? {};
      return { waiting, active, failed: countFailed.get() ?? 0 };
    });
  }

  /** Whether there are records that the retention would drop. */
  async hasOldRecords(): Promise<boolean> {
    const before = this.#reader.now() - LEDGER_RETENTION_MS;
    return this.#reader.read('hasOldRecords', () => this.#statements().hasOld.get({ before }) === 1);
  }

  async retry(ids?: readonly string[]): Promise<number> {
    return this.#writer.call('retry', [ids === undefined ? null : JSON.stringify(ids)]);
  }

  #toEntry(row: ItemRow): LedgerEntry {
    return toLedgerEntry(row, this.#statements().posts.all(row.id));
  }
}

function prepare(db: Database) {
  return {
    find: db.prepare<[id: string], ItemRow>('SELECT * FROM seen_item WHERE id = ?'),
    posts: db.prepare<[id: string], PostRow>('SELECT * FROM seen_post WHERE item_id = ? ORDER BY channel_id'),
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
    hasOld: db
      .prepare<[{ before: number }], number>(
        `SELECT EXISTS (SELECT 1 FROM seen_item WHERE state = 'posted' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item WHERE state = 'failed' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item
                        WHERE state IN ('claimed', 'enriched', 'posting') AND updated_at < @before
                          AND EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id))`,
      )
      .pluck(),
    countFailed: db.prepare<[], number>("SELECT count(*) FROM seen_item WHERE state = 'failed'").pluck(),
  };
}
