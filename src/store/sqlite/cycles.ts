import type { Database } from 'better-sqlite3';

import { noCounts, type Cycle, type CycleCounts, type Cycles } from '../cycle.ts';
import type { Access } from './access.ts';

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;

interface CycleRow extends CycleCounts {
  readonly feed: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** The history of cycles on the table `seen_cycle`. */
export class SqliteCycles implements Cycles {
  readonly #access: Access;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: Access) {
    this.#access = access;
    this.#statements = prepare(access.db);
  }

  async record(cycle: Cycle): Promise<void> {
    const startedAt = cycle.startedAt.getTime();
    const finishedAt = cycle.finishedAt.getTime();
    await this.#access.write('cycles.record', () => {
      this.#statements.insert.run({ ...cycle, startedAt, finishedAt });
      this.#statements.forget.run(finishedAt - RETENTION_MS);
    });
  }

  async isFirst(feed: string): Promise<boolean> {
    return this.#access.read('cycles.isFirst', () => this.#statements.isFirst.get(feed) === 1);
  }

  async seenShare(feed: string): Promise<number | null> {
    const since = this.#access.now() - DAY_MS;
    return this.#access.read('cycles.seenShare', () => this.#statements.seenShare.get(feed, since) ?? null);
  }

  /** All cycles that finished since `since`, summed. */
  sumSince(since: Date): CycleCounts {
    return this.#access.read('cycles.sumSince', () => this.#statements.sum.get(since.getTime()) ?? noCounts);
  }

  last(): Cycle | null {
    const row = this.#access.read('cycles.last', () => this.#statements.last.get());
    if (row === undefined) return null;
    return { ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) };
  }
}

const counts = Object.keys(noCounts);

function prepare(db: Database) {
  return {
    insert: db.prepare<[CycleRow]>(
      `INSERT INTO seen_cycle (feed, started_at, finished_at, ${counts.join(', ')})
       VALUES (@feed, @startedAt, @finishedAt, ${counts.map((name) => `@${name}`).join(', ')})`,
    ),
    forget: db.prepare<[finishedAt: number]>('DELETE FROM seen_cycle WHERE finished_at < ?'),
    isFirst: db
      .prepare<[feed: string], number>(
        `SELECT NOT EXISTS (SELECT 1 FROM seen)
            AND NOT EXISTS (SELECT 1 FROM seen_recovery)
            AND NOT EXISTS (SELECT 1 FROM seen_cycle WHERE feed = ?)`,
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
