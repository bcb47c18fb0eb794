import { existsSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import { systemClock, type Clock } from '../../clock.ts';
import type { SeenLogger } from '../../logger.ts';
import { connect } from '../connection.ts';
import { prepareWrites, type Writes } from '../writes/index.ts';
import { GroupCommit } from './group-commit.ts';
import { WalKeeper } from './wal-keeper.ts';

/** Pause after a transaction of a purge, in which other writers get in. */
const PAUSE_MS = 2;

export interface HostOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly signal: AbortSignal;
  /** Hears how long a transaction waited for the lock of another process or thread. */
  readonly onLockWait: (waitedMs: number) => void;
}

/** The writing connection, and the writes that are prepared on it. */
export class Host {
  readonly writes: Writes;
  readonly #db: Database;
  readonly #options: HostOptions;
  readonly #commits: GroupCommit;
  readonly #file: string | undefined;

  constructor(options: HostOptions) {
    const { path, busyTimeoutMs: timeoutMs, clock, signal, onLockWait: onWaited } = options;
    this.#options = options;
    this.#db = connect(options);
    this.#file = identify(path);
    this.#commits = new GroupCommit(this.#db, { timeoutMs, signal, clock: systemClock, onWaited });
    const wal = new WalKeeper(this.#db, path);
    this.writes = prepareWrites({
      db: this.#db,
      now: () => clock.now(),
      transact: async (change) => {
        const result = await this.#commits.transact(change);
        wal.keepSmall();
        return result;
      },
      pause: () => clock.sleep(PAUSE_MS),
    });
  }

  /** Whether the path no longer leads to the file that is open here. */
  get movedAway(): boolean {
    return this.#commits.idle && this.#file !== undefined && identify(this.#options.path) !== this.#file;
  }

  /**
   * Opens what the path leads to now. A file that was deleted is written anew from the connection, which still has all
   * of it; a file that was put in its place is somebody's decision, and counts.
   */
  reopen(open: () => Host): Host {
    const { path, logger } = this.#options;
    const isGone = !existsSync(path);
    if (isGone) this.#db.prepare('VACUUM INTO ?').run(path);
    const what = isGone ? 'deleted: it was restored' : 'replaced: the new file counts';
    logger.error('seen_store_file_moved', { path, what });
    this.#db.close();
    return open();
  }

  close(): void {
    const { logger, path } = this.#options;
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      logger.warn('seen_store_checkpoint_failed', { path, error });
    }
    this.#db.close();
  }
}

/** Which file a path leads to; undefined when it leads to none, `:memory:` for example. */
function identify(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}
