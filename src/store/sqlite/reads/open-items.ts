import type { Database } from 'better-sqlite3';

import type { Operation } from '../../operations.ts';
import { nextTurn, TURN_SIZE } from '../../turns.ts';
import { isLeased, isOpen } from '../item-conditions.ts';
import type { ReadConnection } from './connection.ts';

/** An item that has not ended. Flags are 0 or 1. */
export interface OpenItem {
  readonly id: string;
  readonly retryAt: number | null;
  readonly updatedAt: number;
  readonly leased: number;
  readonly seen: number;
}

/** Reads all items that have not ended, at most a thousand of them in a turn of the event loop. */
export type WalkOpenItems = (operation: Operation) => AsyncGenerator<readonly OpenItem[]>;

/**
 * Prepares the walk. It goes in the order of the index `seen_item_open`, so that it costs nothing for the items that have
 * ended: feed by feed, first the items without a time for their retry, then the others.
 */
export function openItems(connection: ReadConnection): WalkOpenItems {
  const statements = connection.statements(prepare);

  return async function* walk(operation) {
    const readPart = (feed: string, after: OpenItem | undefined): OpenItem[] =>
      connection.read(operation, () => nextPart(statements(), { feed, after, now: connection.now() }));

    for (const feed of connection.read(operation, () => statements().feeds.all())) {
      for (let part = readPart(feed, undefined); part.length > 0; part = readPart(feed, part.at(-1))) {
        yield part;
        await nextTurn();
      }
    }
  };
}

interface Place {
  readonly feed: string;
  /** The last item before; undefined at the start of the feed. */
  readonly after: OpenItem | undefined;
  readonly now: number;
}

/** The items that come next, all of the one kind or all of the other. */
function nextPart({ unplanned, planned }: ReturnType<typeof prepare>, { feed, after, now }: Place): OpenItem[] {
  const { id = '', retryAt = null } = after ?? {};
  const rest = retryAt === null ? unplanned.all({ feed, id, now }) : [];
  return rest.length > 0 ? rest : planned.all({ feed, retryAt: retryAt ?? Number.MIN_SAFE_INTEGER, id, now });
}

function prepare(db: Database) {
  const select = `SELECT id, retry_at AS retryAt, updated_at AS updatedAt, ${isLeased} AS leased,
      EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id) AS seen
    FROM seen_item INDEXED BY seen_item_open WHERE ${isOpen} AND feed = @feed`;
  return {
    /** Jumps from feed to feed: SELECT DISTINCT would read the whole index. */
    feeds: db
      .prepare<[], string>(
        `WITH RECURSIVE feeds (feed) AS (
           SELECT min(feed) FROM seen_item WHERE ${isOpen}
           UNION ALL
           SELECT (SELECT min(feed) FROM seen_item WHERE ${isOpen} AND feed > feeds.feed) FROM feeds
           WHERE feeds.feed IS NOT NULL)
         SELECT feed FROM feeds WHERE feed IS NOT NULL`,
      )
      .pluck(),
    unplanned: db.prepare<[{ feed: string; id: string; now: number }], OpenItem>(
      `${select} AND retry_at IS NULL AND id > @id ORDER BY id LIMIT ${TURN_SIZE}`,
    ),
    planned: db.prepare<[{ feed: string; retryAt: number; id: string; now: number }], OpenItem>(
      `${select} AND (retry_at, id) > (@retryAt, @id) ORDER BY retry_at, id LIMIT ${TURN_SIZE}`,
    ),
  };
}
