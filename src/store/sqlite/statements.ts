import type { Database, Statement } from 'better-sqlite3';

/** A column of the last row that no text reaches: SQLite sorts every blob behind every text. */
export const END_OF_KEYS = Buffer.alloc(0);

export type Key = string | typeof END_OF_KEYS;

export interface RangeSummary {
  readonly rows: number;
  readonly oldest: number | null;
  readonly newest: number | null;
}

type Counts = [total: number, skipped: number, enriched: number, posted: number, marked: number, failed: number];

export interface Statements {
  readonly isSeen: Statement<[id: string], number>;
  readonly filterUnseen: Statement<[ids: string], string>;
  readonly markSeen: Statement<[ts: number, ids: string]>;
  readonly keyAfter: Statement<[from: string, rows: number], string>;
  readonly summarize: Statement<[from: string, to: Key], RangeSummary>;
  readonly countOlder: Statement<[from: string, to: Key, ts: number], number>;
  readonly deleteOlder: Statement<[from: string, to: Key, ts: number]>;
  readonly insertCycle: Statement<[feed: string, startedAt: number, finishedAt: number, ...Counts]>;
  readonly deleteCycles: Statement<[finishedAt: number]>;
  readonly sumCycles: Statement<[finishedAt: number], CycleSums>;
  readonly lastCycle: Statement<[], CycleRow>;
}

export interface CycleSums {
  readonly total: number;
  readonly skipped: number;
  readonly enriched: number;
  readonly posted: number;
  readonly marked: number;
  readonly failed: number;
}

export interface CycleRow extends CycleSums {
  readonly feed: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Every statement that the store runs, prepared once a connection. */
export function prepareStatements(db: Database): Statements {
  return {
    isSeen: db.prepare<[string], number>('SELECT 1 FROM seen WHERE id = ?').pluck(),
    filterUnseen: db
      .prepare<[string], string>(
        'SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM seen WHERE id = value)',
      )
      .pluck(),
    markSeen: db.prepare(
      'INSERT INTO seen (id, ts) SELECT value, ? FROM json_each(?) WHERE true ' +
        'ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    ),
    keyAfter: db
      .prepare<[string, number], string>('SELECT id FROM seen WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?')
      .pluck(),
    summarize: db.prepare(
      'SELECT count(*) AS rows, min(ts) AS oldest, max(ts) AS newest FROM seen WHERE id >= ? AND id < ?',
    ),
    countOlder: db
      .prepare<[string, Key, number], number>('SELECT count(*) FROM seen WHERE id >= ? AND id < ? AND ts < ?')
      .pluck(),
    deleteOlder: db.prepare('DELETE FROM seen WHERE id >= ? AND id < ? AND ts < ?'),
    ...prepareCycleStatements(db),
  };
}

function prepareCycleStatements(
  db: Database,
): Pick<Statements, 'insertCycle' | 'deleteCycles' | 'sumCycles' | 'lastCycle'> {
  const counts = ['total', 'skipped', 'enriched', 'posted', 'marked', 'failed'];
  return {
    insertCycle: db.prepare(
      `INSERT INTO seen_cycle (feed, started_at, finished_at, ${counts.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    deleteCycles: db.prepare('DELETE FROM seen_cycle WHERE finished_at < ?'),
    sumCycles: db.prepare(
      `SELECT ${counts.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')} ` +
        'FROM seen_cycle WHERE finished_at >= ?',
    ),
    lastCycle: db.prepare(
      `SELECT feed, started_at AS startedAt, finished_at AS finishedAt, ${counts.join(', ')} ` +
        'FROM seen_cycle ORDER BY finished_at DESC, id DESC LIMIT 1',
    ),
  };
}
