import type { Database } from 'better-sqlite3';

import type { Writes } from '../../backend.ts';
import { systemClock, type Clock } from '../../clock.ts';
import type { SeenLogger } from '../../logger.ts';
import { connect, truncateLog } from '../file/connection.ts';
import { identify, restoreOrAccept } from '../file/identity.ts';
import { prepareWrites } from '../writes/index.ts';
import { GroupCommit } from './group-commit.ts';
import { WalCheckpointer } from './wal-checkpointer.ts';

/** Pause after a transaction of a purge, in which other writers get in, in milliseconds. */
const PAUSE_MS = 2;

export interface WriterConnectionOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly signal: AbortSignal;
  /** Called with the time that a transaction waited for the lock of another process or thread, in milliseconds. */
  readonly onLockWait: (waitedMs: number) => void;
}

/** The connection that writes, with the port's writes prepared on it. */
export class WriterConnection {
  readonly writes: Writes;
  /** The file that is open: see `identify`. */
  readonly file: string | undefined;
  readonly #db: Database;
  readonly #options: WriterConnectionOptions;
  readonly #commits: GroupCommit;

  constructor(options: WriterConnectionOptions) {
    const { path, busyTimeoutMs: timeoutMs, clock, signal, onLockWait: onWaited } = options;
    this.#options = options;
    const { db, file } = connect(options);
    this.#db = db;
    this.file = file;
    const wal = new WalCheckpointer(db, { path, signal, clock: systemClock });
    const afterCommit = (): Promise<void> => this.#truncateIfLarge(wal);
    this.#commits = new GroupCommit(db, { timeoutMs, signal, clock: systemClock, onWaited, afterCommit });
    this.writes = prepareWrites({
      db,
      now: () => clock.now(),
      transact: (change) => this.#commits.transact(change),
      pause: () => clock.sleep(PAUSE_MS),
    });
  }

  /** True when the path no longer leads to the file that is open here. */
  get isMovedAway(): boolean {
    return this.#commits.idle && identify(this.#options.path) !== this.file;
  }

  /** Opens the file that the path leads to now, once that is a usable one. */
  reopen(open: () => WriterConnection): WriterConnection {
    restoreOrAccept(this.#db, this.#options.path, this.#options.logger);
    const next = open();
    this.#db.close();
    return next;
  }

  /** A failure is no failure of the commit, which stands whatever becomes of the log. */
  async #truncateIfLarge(wal: WalCheckpointer): Promise<void> {
    try {
      await wal.truncateIfLarge();
    } catch (error) {
      this.#options.logger.warn('seen_store_checkpoint_failed', { path: this.#options.path, error });
    }
  }

  close(): void {
    truncateLog(this.#db, this.#options);
    this.#db.close();
  }
}
