import type { Database } from 'better-sqlite3';

import type { Hold, HoldDecision, Holds } from '../contract/holds.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer/client.ts';

/** A row of `seen_hold`. */
export interface HoldRow {
  readonly id: number;
  readonly feed: string;
  readonly created_at: number;
  readonly ids: string;
  readonly decision: HoldDecision | null;
  readonly decided_by: string | null;
  readonly asked: number;
}

/** The flood breaker's batches. Their writes are in `writes/holds.ts`. */
export class SqliteHolds implements Holds {
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #statements: () => ReturnType<typeof prepare>;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
    this.#statements = reader.statements(prepare);
  }

  async open(feed: string, ids: readonly string[]): Promise<Hold> {
    const row = await this.#writer.call('openHold', [feed, JSON.stringify(ids)]);
    if (row === undefined) throw new Error(`the hold of ${feed} vanished within its own transaction`);
    return toHold(row);
  }

  async current(feed: string): Promise<Hold | null> {
    const row = this.#reader.read('holds.current', () => this.#statements().current.get(feed));
    return row === undefined ? null : toHold(row);
  }

  async extend(id: number, ids: readonly string[]): Promise<Hold | null> {
    const row = await this.#writer.call('extendHold', [id, JSON.stringify(ids)]);
    return row === undefined ? null : toHold(row);
  }

  async markAsked(id: number): Promise<void> {
    await this.#writer.call('markHoldAsked', [id]);
  }

  async decide(id: number, decision: HoldDecision, userId: string): Promise<Hold | null> {
    const row = await this.#writer.call('decideHold', [id, decision, userId]);
    return row === undefined ? null : toHold(row);
  }

  async finish(id: number): Promise<void> {
    await this.#writer.call('finishHold', [id]);
  }
}

function toHold({ id, feed, created_at, ids, decision, decided_by: decidedBy, asked }: HoldRow): Hold {
  return { id, feed, createdAt: new Date(created_at), ids: parseIds(ids), decision, decidedBy, asked: asked === 1 };
}

function parseIds(json: string): string[] {
  const ids: unknown = JSON.parse(json);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

function prepare(db: Database) {
  return {
    current: db.prepare<[feed: string], HoldRow>('SELECT * FROM seen_hold WHERE feed = ? AND finished = 0'),
  };
}
