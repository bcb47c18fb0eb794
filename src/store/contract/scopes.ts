/** Storage form of a feed's ids. */
export interface FeedScope {
  readonly feed: string;
  /** True for the one feed whose ids are stored as they are. Those of every other feed are made by `scopedId`. */
  readonly isPlain: boolean;
}

/**
 * Keeps the ids of several feeds apart, because two feeds may number their items alike. One feed of a database is
 * plain: its ids are stored as they are. All others are scoped: their ids carry the feed's name. A scope never changes.
 *
 * The store takes every id as it is given: a `FeedListener` makes the ids that it stores, and a program with a loop of
 * its own names its ids itself.
 */
export interface Scopes {
  /** The feed's scope; null while it has none. */
  find(feed: string): Promise<FeedScope | null>;
  /** The scopes of all feeds of this database, the plain one first. */
  list(): Promise<FeedScope[]>;
  /**
   * Assigns the feed its scope, once for good, whoever else asks at the same time. The first feed of a database is
   * plain, and so the ids that an earlier bot left in it count for that feed. When it lists hardly any of them, and
   * within a week another feed lists more, they are copied, and count for that one as well.
   *
   * A database that an earlier version with several feeds has used, which stored all ids as they are, gets its plain
   * feed when it is opened: of those that were in use last, the one with the most items in the ledger. For each of the
   * others, the ids that may be its own are copied when it is first asked for.
   *
   * @param items The items that the feed lists: of each, every id under which it may have been marked.
   * @throws {SeenInputError} for no items, which tell nothing, and for invalid ids.
   */
  assign(feed: string, items: readonly (readonly string[])[]): Promise<FeedScope>;
  /**
   * The keys of items that are stored otherwise than the feed's scope says, because of what an earlier version claimed
   * under the key alone. In a scoped feed that is an item of its own, which keeps its id, and so its nonce. In the
   * plain feed it is one of another feed: the plain feed's own item has a scoped id.
   *
   * @returns The keys in the order of their first mention; none for a feed without a scope.
   */
  filterExceptions(feed: string, keys: readonly string[]): Promise<string[]>;
}
