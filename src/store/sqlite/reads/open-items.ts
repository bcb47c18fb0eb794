import type { Database } from 'better-sqlite3';

import type { Operation } from '../../operations.ts';
import { nextTurn, TURN_SIZE } from '../../turns.ts';
import { isLeased, isOpen } from '../item-conditions.ts';
import type { ReadConnection } from './connection.ts';

/** An item that has not ended. Flags are 0 or 1. */
interface OpenItem {
  readonly id: string;
  readonly feed: string;
  readonly dueSince: number;
  readonly token: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly leased: number;
  readonly seen: number;
}

/** Reads all items that have not ended, at most a thousand of them in a turn of the event loop. */
export type WalkOpenItems = (operation: Operation) => AsyncGenerator<readonly OpenItem[]>;

/** The walk goes along the index `seen_item_open`, so that items that have ended cost it nothing. */
export function openItems(connection: ReadConnection): WalkOpenItems {
  const statement = connection.statements(prepare);

  return async function* walk(operation) {
    const readPart = (after: Place): OpenItem[] =>
      connection.read(operation, () => statement().all({ ...after, now: connection.now() }));

    let part = readPart(START);
    while (part.length > 0) {
      yield part;
      await nextTurn();
      part = readPart(part.at(-1) ?? START);
    }
  };
}

type Place = Pick<OpenItem, 'feed' | 'dueSince' | 'token' | 'createdAt' | 'id'>;

/** Before every item: no id is empty. */
const START: Place = { feed: '', dueSince: Number.MIN_SAFE_INTEGER, token: 0, createdAt: 0, id: '' };

function prepare(db: Database) {
  return db.prepare<[Place & { readonly now: number }], OpenItem>(
    `SELECT id, feed, due_since AS dueSince, token, created_at AS createdAt, updated_at AS updatedAt, ${isLeased} AS leased,
       EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id) AS seen
     FROM seen_item INDEXED BY seen_item_open
     WHERE ${isOpen} AND (feed, due_since, token, created_at, id) > (@feed, @dueSince, @token, @createdAt, @id)
     ORDER BY feed, due_since, token, created_at, id LIMIT ${TURN_SIZE}`,
  );
}
