import type { Database } from 'better-sqlite3';

import { noCounts, type Cycle, type CycleCounts, type Cycles } from '../contract/cycles.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer/client.ts';

const DAY_MS = 86_400_000;

/** A row of `seen_cycle`. Times are Unix times in milliseconds. */
export interface CycleRow extends CycleCounts {
  readonly feed: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** The history of cycles. Its writes are in `writes/cycles.ts`. */
export class SqliteCycles implements Cycles {
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #statements: () => ReturnType<typeof prepare>;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
    this.#statements = reader.statements(prepare);
  }

  async record(cycle: Cycle): Promise<void> {
    const row = { ...cycle, startedAt: cycle.startedAt.getTime(), finishedAt: cycle.finishedAt.getTime() };
    await this.#writer.call('recordCycle', [row]);
  }

  async isFirst(feed: string): Promise<boolean> {
    return this.#reader.read('cycles.isFirst', () => this.#statements().isFirst.get({ feed }) === 1);
  }

  async seenShare(feed: string): Promise<number | null> {
    const since = this.#reader.now() - DAY_MS;
    return this.#reader.read('cycles.seenShare', () => this.#statements().seenShare.get(feed, since) ?? null);
  }

  /** All cycles that finished since `since`, summed. */
  sumSince(since: Date): CycleCounts {
    return this.#reader.read('stats', () => this.#statements().sum.get(since.getTime()) ?? noCounts);
  }

  last(): Cycle | null {
    const row = this.#reader.read('stats', () => this.#statements().last.get());
    if (row === undefined) return null;
    return { ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) };
  }
}

const counts = Object.keys(noCounts);

function prepare(db: Database) {
  return {
    isFirst: db
      .prepare<[{ feed: string }], number>(
        `SELECT NOT EXISTS (SELECT 1 FROM seen_recovery)
            AND NOT EXISTS (SELECT 1 FROM seen_cycle WHERE feed = @feed)
            AND (NOT EXISTS (SELECT 1 FROM seen) OR EXISTS (SELECT 1 FROM seen_cycle WHERE feed <> @feed))`,
      )
      .pluck(),
    seenShare: db
      .prepare<[feed: string, since: number], number>(
        `SELECT sum(skipped) * 1.0 / sum(total) FROM seen_cycle
         WHERE feed = ? AND finished_at >= ? AND held = 0 AND marked = 0 HAVING sum(total) > 0`,
      )
      .pluck(),
    sum: db.prepare<[since: number], CycleCounts>(
      `SELECT ${counts.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')}
       FROM seen_cycle WHERE finished_at >= ?`,
    ),
    last: db.prepare<[], CycleRow>(
      `SELECT feed, started_at AS startedAt, finished_at AS finishedAt, ${counts.join(', ')}
       FROM seen_cycle ORDER BY finished_at DESC, id DESC LIMIT 1`,
    ),
  };
}
