// The conditions on ids that reads and writes of the feeds' scopes share.
import type { Tables } from './tables.ts';

/**
 * An id that another feed than `$1` has claimed. A feed whose last cycle came before the first one of this feed is no
 * other: it may be this one under an earlier name.
 *
 * @param id The expression of the id.
 */
export function isAnothers({ item, scope }: Tables, id: string): string {
  return `EXISTS (
    SELECT FROM ${item} JOIN ${scope} AS other ON other.feed = seen_item.feed
    WHERE seen_item.id = ${id} AND other.feed <> $1 AND NOT coalesce(
      other.last_cycle < (SELECT first_cycle FROM ${scope} WHERE feed = $1), false))`;
}

/** An item of a scoped feed that an earlier version claimed under its key alone. */
export function isStoredByKey({ scope }: Tables): string {
  return `seen_item.feed IN (SELECT feed FROM ${scope} WHERE plain = 0 AND inherits = 0)
    AND strpos(seen_item.id, chr(31)) = 0`;
}
