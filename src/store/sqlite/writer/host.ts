import type { Database } from 'better-sqlite3';

import { systemClock, type Clock } from '../../clock.ts';
import type { SeenLogger } from '../../logger.ts';
import { connect } from '../connection.ts';
import { identify, restoreOrAccept } from '../file-identity.ts';
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
  /** The file that is open: see `identify`. */
  readonly file: string | undefined;
  readonly #db: Database;
  readonly #options: HostOptions;
  readonly #commits: GroupCommit;

  constructor(options: HostOptions) {
    const { path, busyTimeoutMs: timeoutMs, clock, signal, onLockWait: onWaited } = options;
    this.#options = options;
    const { db, file } = connect(options);
    this.#db = db;
    this.file = file;
    const wal = new WalKeeper(this.#db, { path, signal, clock: systemClock });
    const afterCommit = (): Promise<void> => this.#keepSmall(wal);
    this.#commits = new GroupCommit(this.#db, { timeoutMs, signal, clock: systemClock, onWaited, afterCommit });
    this.writes = prepareWrites({
      db: this.#db,
      now: () => clock.now(),
      transact: (change) => this.#commits.transact(change),
      pause: () => clock.sleep(PAUSE_MS),
    });
  }

  /** Whether the path no longer leads to the file that is open here. */
  get movedAway(): boolean {
    return this.#commits.idle && identify(this.#options.path) !== this.file;
  }

  /** Opens what the path leads to now, once that is a usable file. */
  reopen(open: () => Host): Host {
    restoreOrAccept(this.#db, this.#options.path, this.#options.logger);
    const next = open();
    this.#db.close();
    return next;
  }

  /** What was committed is committed, whatever becomes of the log. */
  async #keepSmall(wal: WalKeeper): Promise<void> {
    try {
      await wal.keepSmall();
    } catch (error) {
      this.#options.logger.warn('seen_store_checkpoint_failed', { path: this.#options.path, error });
    }
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
