import type { Database } from 'better-sqlite3';

import type { Hold, HoldDecision, Holds } from '../holds.ts';
import type { Access } from './access.ts';

interface HoldRow {
  readonly id: number;
  readonly feed: string;
  readonly created_at: number;
  readonly ids: string;
  readonly decision: HoldDecision | null;
  readonly decided_by: string | null;
  readonly asked: number;
}

/** The flood breaker's batches on the table `seen_hold`. */
export class SqliteHolds implements Holds {
  readonly #access: Access;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: Access) {
    this.#access = access;
    this.#statements = prepare(access.db);
  }

  async open(feed: string, ids: readonly string[]): Promise<Hold> {
    const { open, current } = this.#statements;
    return this.#access.write('holds.open', () => {
      open.run(feed, this.#access.now(), JSON.stringify(ids));
      const row = current.get(feed);
      if (row === undefined) throw new Error(`the hold of ${feed} vanished within its own transaction`);
      return toHold(row);
    });
  }

  async current(feed: string): Promise<Hold | null> {
    const row = this.#access.read('holds.current', () => this.#statements.current.get(feed));
    return row === undefined ? null : toHold(row);
  }

  async markAsked(id: number): Promise<void> {
    await this.#access.write('holds.markAsked', () => this.#statements.markAsked.run(id));
  }

  async decide(id: number, decision: HoldDecision, userId: string): Promise<Hold | null> {
    const row = await this.#access.write('holds.decide', () => {
      this.#statements.decide.run(decision, userId, id);
      return this.#statements.find.get(id);
    });
    return row === undefined ? null : toHold(row);
  }

  async finish(id: number): Promise<void> {
    await this.#access.write('holds.finish', () => this.#statements.finish.run(id));
  }
}

function toHold({ id, feed, created_at, ids, decision, decided_by: decidedBy, asked }: HoldRow): Hold {
  return { id, feed, createdAt: new Date(created_at), ids: parseIds(ids), decision, decidedBy, asked: asked === 1 };
}

function parseIds(json: string): string[] {
  const ids: unknown = JSON.parse(json);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** The unique index on open holds lets one caller open, whoever else tries. */
function prepare(db: Database) {
  return {
    open: db.prepare<[feed: string, now: number, ids: string]>(
      'INSERT INTO seen_hold (feed, created_at, ids) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    current: db.prepare<[feed: string], HoldRow>('SELECT * FROM seen_hold WHERE feed = ? AND finished = 0'),
    find: db.prepare<[id: number], HoldRow>('SELECT * FROM seen_hold WHERE id = ?'),
    markAsked: db.prepare<[id: number]>('UPDATE seen_hold SET asked = 1 WHERE id = ?'),
    decide: db.prepare<[decision: HoldDecision, userId: string, id: number]>(
      'UPDATE seen_hold SET decision = ?, decided_by = ? WHERE id = ? AND decision IS NULL',
    ),
    finish: db.prepare<[id: number]>('UPDATE seen_hold SET finished = 1 WHERE id = ?'),
  };
}
