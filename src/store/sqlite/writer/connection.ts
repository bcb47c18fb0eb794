import type { Database } from 'better-sqlite3';

import { systemClock, type Clock } from '../../clock.ts';
import type { PurgeControl } from '../../contract/seen-store.ts';
import type { SeenLogger } from '../../logger.ts';
import type { Opened } from '../file/connection.ts';
import { closeNoted } from '../file/file-note.ts';
import { isInPlace, type FileSet } from '../file/identity.ts';
import { logLoss } from '../file/lost-commits.ts';
import { monotonicMs } from '../file/recover.ts';
import { prepareWrites } from '../writes/index.ts';
import { Checkpointer } from './checkpointer.ts';
import { GroupCommit } from './group-commit.ts';
import type { Call } from './protocol.ts';

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
  /**
   * Called after a commit when a file of the database is no longer in place. Resolves when the commit has been carried
   * over to the file that the path leads to now, and rejects when it has not.
   */
  readonly onTorn: () => Promise<void>;
}

/** The connection that writes, with the port's writes prepared on it. */
export class WriterConnection {
  readonly #opened: Opened;
  readonly #options: WriterConnectionOptions;
  readonly #commits: GroupCommit;
  readonly #checkpointer: Checkpointer;
  readonly #write: ReturnType<typeof prepareWrites>;
  /** The time at which the files were last seen in place: see `monotonicMs`. */
  verifiedAt = monotonicMs();
  #running = 0;
  #isRetired = false;

  constructor(opened: Opened, options: WriterConnectionOptions) {
    const { path, busyTimeoutMs: timeoutMs, clock, logger, signal, onLockWait: onWaited, onTorn } = options;
    const { db } = opened;
    this.#opened = opened;
    this.#options = options;
    this.#checkpointer = new Checkpointer(opened, { path, logger, signal, clock: systemClock });
    this.#commits = new GroupCommit(db, {
      timeoutMs,
      signal,
      clock: systemClock,
      onWaited,
      confirm: async () => (this.#verify() ? undefined : onTorn()),
      afterCommit: () => this.#checkpointer.afterCommit(),
    });
    this.#write = prepareWrites({
      db,
      now: () => clock.now(),
      transact: (change) => this.#commits.transact(change),
      pause: () => clock.sleep(PAUSE_MS),
      onLoss: (sign) => logLoss(options, sign),
    });
  }

  get set(): FileSet {
    return this.#opened.set;
  }

  get db(): Database {
    return this.#opened.db;
  }

  /** True while no transaction is under way. */
  get isIdle(): boolean {
    return this.#commits.idle;
  }

  /** True when a file of the database is no longer where this connection opened it. */
  get isTorn(): boolean {
    return !this.#verify();
  }

  #verify(): boolean {
    const isGood = isInPlace(this.set, this.#options.path);
    if (isGood) this.verifiedAt = monotonicMs();
    return isGood;
  }

  /** Runs one write. Each gets the control of a long one as its last argument; a short one leaves it alone. */
  async run({ name, args }: Call, control: PurgeControl): Promise<unknown> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the arguments were checked where the call was made
    const write = this.#write(name) as (...all: readonly unknown[]) => Promise<unknown>;
    this.#running += 1;
    try {
      return await write(...args, control);
    } finally {
      this.#running -= 1;
      this.#closeIfDone();
    }
  }

  /** Refuses further changes with a `FileReplacedError`, and closes once nothing runs on this connection any more. */
  retire(): void {
    this.#isRetired = true;
    this.#commits.retire();
    this.#closeIfDone();
  }

  /** Brings the log into the file and closes. */
  close(): void {
    if (!this.isTorn) this.#checkpointer.truncate();
    closeNoted(this.#opened.db, this.set, this.#options);
  }

  #closeIfDone(): void {
    if (this.#isRetired && this.#running === 0) this.#opened.db.close();
  }
}
