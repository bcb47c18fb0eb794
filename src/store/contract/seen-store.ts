import type { BackupOptions, BackupResult } from './backup.ts';
import type { Claims } from './claims.ts';
import type { Coverages } from './coverage.ts';
import type { Cycle, CycleCounts, Cycles } from './cycles.ts';
import type { Holds } from './holds.ts';
import type { Incidents } from './incidents.ts';
import type { Leadership } from './leadership.ts';
import type { Ledger, LedgerCounts } from './ledger.ts';
import type { Scopes } from './scopes.ts';
import type { FeedSpending, Spending } from './spending.ts';

/** Cancellation and progress of a purge. */
export interface PurgeControl {
  /** Ends the purge between two chunks. What was deleted until then stays deleted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the number of rows deleted so far, after each chunk that deleted some. An error that is thrown here
   * ends the purge, which rejects with it.
   */
  readonly onProgress?: ((deleted: number) => void) | undefined;
}

/** Which rows a purge removes. */
export interface PurgeOptions extends PurgeControl {
  /**
   * Ids last marked before this moment are forgotten for good: items that a feed still lists are posted again. Left
   * out, what is older than `ttlDays` expires, and the ledger goes on knowing what was posted. Only time in which the
   * feeds were looked at counts then: see the glossary.
   */
  readonly olderThan?: Date | undefined;
}

/** The outcome of a purge. */
export interface PurgeResult {
  /** Rows removed. */
  readonly deleted: number;
  /** False when the signal, or the end of the store, ended the purge early. Calling again goes on with the rest. */
  readonly finished: boolean;
}

/** The room that the database takes. */
export interface StoreSizes {
  /** Size of the database, in bytes: of its file, or of the store's tables on a server, with their indexes. */
  readonly fileBytes: number;
  /** Size of the write-ahead log, in bytes. Left out by a server, whose log is that of all its databases. */
  readonly walBytes?: number;
  /** Left out by a database that is a file. */
  readonly health?: DatabaseHealth;
}

/**
 * Work that a database server is behind with. A changed or deleted row takes room until a vacuum frees it, which waits for
 * every transaction that may still see the row.
 */
export interface DatabaseHealth {
  /** Rows of the store's tables that wait for a vacuum, as the server estimates them. */
  readonly deadRows: number;
  /**
   * Time for which the oldest transaction in the database that holds back a vacuum has been open, in milliseconds; null
   * when there is none, or the store's role may not see it.
   */
  readonly oldestTransactionMs: number | null;
  /** Time since the table of claims, which changes most, was last vacuumed, in milliseconds; null for never. */
  readonly vacuumedAgoMs: number | null;
}

/** The store and its feeds in numbers, as `/seen stats` shows them. */
export interface SeenStats extends StoreSizes {
  /** The backend's name: `sqlite` or `postgres`. */
  readonly backend: string;
  /** The place of the database: its file, or its address without user and password. */
  readonly location: string;
  /** Ids remembered. */
  readonly rows: number;
  /** The time of the oldest mark, as near as a `Date` comes to it; null for an empty store. */
  readonly oldest: Date | null;
  /** The time of the newest mark, as near as a `Date` comes to it; null for an empty store. */
  readonly newest: Date | null;
  /** Days after which an id that no feed lists any more may be forgotten; `Infinity` for never. */
  readonly ttlDays: number;
  /** All cycles since midnight UTC, summed. */
  readonly today: CycleCounts;
  /** The cycle that finished last; null before the first. */
  readonly lastCycle: Cycle | null;
  /** Items between their claim and their commit, and dead letters. */
  readonly ledger: LedgerCounts;
  /** Today's spending of each feed whose enrichment has cost something in the last 30 days, or has a budget; by name. */
  readonly spending: readonly FeedSpending[];
}

/**
 * Remembers which ids a feed has already delivered. Every backend keeps this contract: `test/contract/` runs on each.
 *
 * An id is seen from `markSeen` until a purge removes it: the TTL says what a purge may remove, and forgetting early is
 * never a reason to post twice. An id is a non-empty string of at most 512 UTF-16 units without U+0000 or lone
 * surrogates.
 *
 * A store belongs to the thread that opened it. Open one in each worker thread, by its configuration.
 *
 * An argument that cannot be used, of a wrong type for example, is refused with a `SeenInputError` that names it.
 * Nothing was read or written then, and other calls of the same moment go through.
 *
 * After `close`, everything but `isSeen`, `sizes` and `close` rejects with a `SeenStoreClosedError`. An operation that
 * the database cannot carry out rejects with a `SeenStoreError`, and a write that the lock keeps waiting for longer
 * than `busyTimeoutMs` with a `SeenStoreBusyError`.
 *
 * Glossary, for the whole project:
 *
 * - **item**: one entry of a feed, such as a filing. Its **id** is the same wherever and whenever it appears.
 * - **key**: the id as the feed gives it. Two feeds may have the same one.
 * - **plain, scoped**: the ids of one feed of a store, the plain one, are its keys; those of every other feed, a scoped
 *   one, are the feed's name and the key.
 * - **seen**: delivered, or marked without a post. A seen item is never delivered again.
 * - **mark**: remember an id as seen.
 * - **claim**: the right of one owner to deliver one item. Claims are exclusive.
 * - **owner**: one open store in one process.
 * - **lease**: how long a claim lasts without renewal. When it runs out, somebody else may claim the item.
 * - **fencing token**: a number that grows with every claim, so that a late owner is told apart from the present one.
 * - **fence**: the check that a change carries the token of the present claim, and comes from its owner. A claim that
 *   fails it is **lost**.
 * - **commit, release, fail**: the three ways to settle a claim: delivered, back for a later attempt, given up.
 * - **dead letter**: an item that was given up. `ledger.retry` revives it.
 * - **ledger**: the history of each item from its first claim: state, attempts, errors, and one **post record** per
 *   channel.
 * - **intent**: the note, made before a request leaves, that a message may exist.
 * - **cycle**: one pass over a feed, from its batch to its last post.
 * - **look**: a cycle that saw its feed whole: the batch was complete and listed something.
 * - **watched time**: the time between the looks at a feed. A look vouches for a day, or half a TTL where that is
 *   shorter; the rest of a longer pause is a **gap**. In a store whose feeds record no cycles, it is the time in which a
 *   store was open.
 * - **first run**: the cycle that decides about what a source had listed before anybody looked: usually, that it is
 *   old. A category that a feed begins to ask for has one of its own.
 * - **coverage**: the categories of a feed that have had their first run.
 * - **hold**: a batch that the flood breaker keeps back until a person decides.
 * - **incident**: something that fails, a source or a channel for example, until it works again.
 * - **spending**: what a feed's enrichment has cost in a day, in requests and tokens. Its **budget** is the most that
 *   it may be.
 * - **leader**: of all stores that have the database open, the one that was elected under a name, to poll a source for
 *   example. The others **stand by**. Its **term** ends when it **resigns**, or when its lease runs out.
 * - **TTL**: the age, in watched time up to the last look, at which an id that no feed lists any more **expires**, and a
 *   **purge** removes it. As nobody knows which feed an id belongs to, the feed that lags furthest behind decides; one
 *   without a cycle for 90 watched days of another no longer does.
 *
 * @example
 * const unseen = await store.filterUnseen(['a', 'b']);
 * for (const claim of await store.claim(unseen)) {
 *   await post(claim.id);
 *   await store.commit([claim]);
 * }
 */
export interface SeenStore extends Claims {
  /** The history of each item. */
  readonly ledger: Ledger;
  /** The history of the passes over each feed. */
  readonly cycles: Cycles;
  /** The categories of each feed that have had their first run. */
  readonly coverage: Coverages;
  /** Batches that wait for a person's decision. */
  readonly holds: Holds;
  /** The failures that go on, and what people were told of them. */
  readonly incidents: Incidents;
  /** The spending on enrichment, by feed and by day. */
  readonly spending: Spending;
  /** Storage forms of the feeds' ids. */
  readonly scopes: Scopes;
  /** Elections of the one store that polls a source, of all that have the database open. */
  readonly leadership: Leadership;

  /**
   * Tells whether `id` has been seen. Never rejects: a store that cannot answer logs `is_seen_error` and says false, as
   * the earlier store did.
   */
  isSeen(id: string): Promise<boolean>;

  /**
   * The ids that have not been seen, in input order, repeats dropped.
   *
   * @throws {SeenInputError} for an id that cannot be one.
   * @throws {SeenStoreError} when the database cannot be read. What to do then is the caller's policy.
   */
  filterUnseen(ids: readonly string[]): Promise<string[]>;

  /**
   * Remembers one id or many, all or none. More than 10,000 are marked in parts, so that an error may come after some of
   * them: mark them all again. Marking again refreshes the time.
   *
   * @param ts Unix time in seconds. Default: now.
   * @throws {SeenInputError} for an id or a time that cannot be one.
   * @throws {SeenStoreBusyError} when the write lock stays taken for longer than `busyTimeoutMs`.
   * @throws {SeenStoreError} when the database cannot be written.
   */
  markSeen(idOrIds: string | readonly string[], ts?: number): Promise<void>;

  /**
   * Keeps the ids that are in the store from expiring, because the feed still lists them. Writes at most once a day
   * for an id, in one batch. An id that is not in the store stays unseen.
   */
  touch(ids: readonly string[]): Promise<void>;

  /** Forgets old ids in small transactions, so that nobody waits for it. */
  purge(options?: PurgeOptions): Promise<PurgeResult>;

  /**
   * Forgets what is older than the TTL and returns how many ids that were; `purge` also tells whether it finished.
   * Without a recorded cycle there is no watched time, and the age is what the clock says.
   */
  purgeExpired(control?: PurgeControl): Promise<number>;

  /** Counts the ids last marked before `olderThan`, which a purge would remove. */
  countOlderThan(olderThan: Date): Promise<number>;

  /** Measures the room that the database takes. Cheap, unlike `stats`. */
  sizes(): Promise<StoreSizes>;

  /** Sums up the store and its feeds. Walks over every id, in short steps. */
  stats(): Promise<SeenStats>;

  /**
   * Copies the database into a file while everything goes on. The backup is complete or not there: it gets its name
   * once it has been checked and is on the disk. It holds what was acknowledged before the call, needs no log, and
   * becomes a store again by being moved to the path of one: see docs/operations.md.
   *
   * @param path The file to make, in a folder that exists.
   * @throws {SeenInputError} for a path that exists or cannot be a backup's, such as the database's own.
   * @throws {SeenStoreError} when the copy cannot be made or fails its check. Nothing is left of it.
   * @throws The signal's reason once it aborts, and a `SeenStoreClosedError` once the store closes. Nothing is left
   *   either.
   * @example
   * const { bytes } = await store.backup('backups/monday.sqlite', {
   *   onProgress: ({ copied, total }) => console.log(`${Math.round((copied / total) * 100)} %`),
   * });
   */
  backup(path: string, options?: BackupOptions): Promise<BackupResult>;

  /**
   * Ends a purge or a backup that runs, truncates the write-ahead log and closes the connection. Closing again does
   * nothing.
   */
  close(): Promise<void>;
}
