// The conditions on ids that reads and writes of the feeds' scopes share.

/**
 * An id that another feed than `@feed` has claimed. A feed whose last cycle came before the first one of this feed is no
 * other: it may be this one under an earlier name.
 *
 * @param id The expression of the id.
 */
export function isAnothers(id: string): string {
  return `EXISTS (
    SELECT 1 FROM seen_item JOIN seen_scope AS other ON other.feed = seen_item.feed
    WHERE seen_item.id = ${id} AND other.feed <> @feed AND NOT ifnull(
      other.last_cycle < (SELECT first_cycle FROM seen_scope WHERE feed = @feed), 0))`;
}

/** An item of a scoped feed that an earlier version claimed under its key alone. */
export const isStoredByKey = `seen_item.feed IN (SELECT feed FROM seen_scope WHERE plain = 0 AND inherits = 0)
  AND instr(seen_item.id, char(31)) = 0`;
