import type { Database, Statement } from 'better-sqlite3';

import type { Operation } from '../../operations.ts';
import { nextTurn, TURN_SIZE } from '../../turns.ts';
import { isLeased, isOpen } from '../item-conditions.ts';
import type { ReadConnection } from './connection.ts';

/** An item that has not ended. Flags are 0 or 1. */
interface OpenItem {
  readonly id: string;
  readonly feed: string;
  readonly dueSince: number;
  readonly dueTurn: number;
  readonly placeToken: number;
  readonly firstIndex: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly leased: number;
  readonly seen: number;
}

/**
 * Reads the items that have not ended, of one feed or of all, at most a thousand of them in a turn of the event loop.
 */
export type WalkOpenItems = (operation: Operation, feed?: string) => AsyncGenerator<readonly OpenItem[]>;

/** The walk goes along the index `seen_item_open`, so that items that have ended cost it nothing. */
export function openItems(connection: ReadConnection): WalkOpenItems {
  const statements = connection.statements(prepare);
  const statement = (feed: string | undefined): ReturnType<typeof prepare>['all'] =>
    statements()[feed === undefined ? 'all' : 'ofFeed'];

  return async function* walk(operation, feed) {
    const readPart = (after: Place): OpenItem[] =>
      connection.read(operation, () => statement(feed).all({ ...after, now: connection.now() }));

    let part = readPart(feed === undefined ? START : { ...START, feed });
    while (part.length > 0) {
      yield part;
      await nextTurn();
      part = readPart(part.at(-1) ?? START);
    }
  };
}

type Place = Pick<OpenItem, 'feed' | 'dueSince' | 'dueTurn' | 'placeToken' | 'firstIndex' | 'id'>;

/** Before every item: no id is empty. */
const START: Place = {
  feed: '',
  dueSince: Number.MIN_SAFE_INTEGER,
  dueTurn: 0,
  placeToken: Number.MIN_SAFE_INTEGER,
  firstIndex: 0,
  id: '',
};

function prepare(db: Database) {
  const walk = (isWanted: string): Statement<[Place & { readonly now: number }], OpenItem> =>
    db.prepare(
      `SELECT id, feed, due_since AS dueSince, due_turn AS dueTurn, place_token AS placeToken, first_index AS firstIndex,
         created_at AS createdAt, updated_at AS updatedAt, ${isLeased} AS leased,
         EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id) AS seen
       FROM seen_item INDEXED BY seen_item_open
       WHERE ${isOpen} AND ${isWanted} AND (feed, due_since, due_turn, place_token, first_index, id)
           > (@feed, @dueSince, @dueTurn, @placeToken, @firstIndex, @id)
       ORDER BY feed, due_since, due_turn, place_token, first_index, id LIMIT ${TURN_SIZE}`,
    );
  return { all: walk('TRUE'), ofFeed: walk('feed = @feed') };
}
