import { monotonicNow, sleepUnlessAborted, type Clock } from '../../clock.ts';
import type { SeenLogger } from '../../logger.ts';
import type { Opened } from '../file/connection.ts';
import { modifiedOf, noteFiles, refreshNote } from '../file/file-note.ts';
import { isInPlace, logOf, sizeOf } from '../file/identity.ts';
import { tryWithOpeningLock } from '../file/opening-lock.ts';

/** Pages of the log that are not yet in the file when a checkpoint is due: SQLite's own default. */
const DUE_PAGES = 1_000;

/** A checkpoint is made this long after the last commit, in milliseconds, however little it has to do. */
const IDLE_MS = 1_000;

/** Readers kept a log that grew beyond this from beginning anew. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** Growth allowed after a failed attempt to truncate the log before the next one. */
const GROWTH_BYTES = 4 * 1024 * 1024;

/** Longest pause of the writes for one attempt, in milliseconds. A reader that stays longer lets the log grow. */
const MAX_PAUSE_MS = 1_000;

/** Pause between two tries of an attempt, in milliseconds. */
const RETRY_PAUSE_MS = 5;

/** Time that one try waits for reads that began before it, in milliseconds. The store's own reads take two. */
const READERS_TIMEOUT_MS = 5;

export interface CheckpointerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly signal: AbortSignal;
}

/** The outcome of a checkpoint, in pages. */
interface Checkpoint {
  /** 1 when somebody kept it from what was asked of it. */
  readonly busy: number;
  /** Pages in the log. */
  readonly log: number;
  /** Those of them that are in the file. */
  readonly checkpointed: number;
}

const notDone: Checkpoint = { busy: 1, log: 0, checkpointed: 0 };

/**
 * Brings the log into the file, after the writers have been answered, and keeps it from growing without end while
 * somebody always reads.
 *
 * A log can begin anew once all of it is in the file and nobody reads from it. While this thread goes on writing, there
 * is always something new in the log for the next reader to hold on to. During a pause new reads do without the log, and
 * it only takes until the reads that have begun are over.
 *
 * A failure is no failure of the commit, which stands whatever becomes of the log.
 */
export class Checkpointer {
  readonly #opened: Opened;
  readonly #options: CheckpointerOptions;
  #modified: string | undefined;
  #limit = LARGE_BYTES;
  #isWaiting = false;

  constructor(opened: Opened, options: CheckpointerOptions) {
    this.#opened = opened;
    this.#options = options;
  }

  /** Makes the checkpoints that are due. To look at the log costs next to nothing beside the commit before. */
  async afterCommit(): Promise<void> {
    try {
      this.#noticeOthers();
      const { log, checkpointed } = this.#pragma('NOOP');
      if (log - checkpointed >= DUE_PAGES) this.#checkpoint('PASSIVE');
      const size = sizeOf(logOf(this.#options.path));
      if (size > this.#limit) this.#limit = (await this.#pauseUntilTruncated()) ? LARGE_BYTES : size + GROWTH_BYTES;
    } catch (error) {
      this.#report(error);
    }
    if (!this.#isWaiting) this.#checkpointOnceIdle().catch((error: unknown) => this.#report(error));
  }

  /** Another program that writes into the file leaves no note. */
  #noticeOthers(): void {
    const modified = modifiedOf(this.#options.path);
    if (modified !== this.#modified) refreshNote(this.#options, this.#opened.set);
    this.#modified = modified;
  }

  /** Empties the log. A reader of another process may prevent it. */
  truncate(): void {
    try {
      this.#checkpoint('TRUNCATE');
    } catch (error) {
      this.#report(error);
    }
  }

  /** A reader that stayed for long leaves a large log behind, and there may be no further commit to notice it. */
  async #checkpointOnceIdle(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#isWaiting = true;
    try {
      do {
        await sleepUnlessAborted(clock, IDLE_MS, signal, { ref: false });
        if (signal.aborted || !this.#opened.db.open) return;
        this.#checkpoint('PASSIVE');
      } while (!this.#shrink());
    } finally {
      this.#isWaiting = false;
    }
  }

  /** @returns False while a reader keeps the log large. */
  #shrink(): boolean {
    if (sizeOf(logOf(this.#options.path)) > LARGE_BYTES && !this.#tryToTruncate()) return false;
    this.#limit = LARGE_BYTES;
    return true;
  }

  async #pauseUntilTruncated(): Promise<boolean> {
    const { clock, signal } = this.#options;
    const until = monotonicNow(clock) + MAX_PAUSE_MS;
    while (!signal.aborted && this.#opened.db.open) {
      if (this.#tryToTruncate()) return true;
      if (monotonicNow(clock) >= until) return false;
      await sleepUnlessAborted(clock, RETRY_PAUSE_MS, signal);
    }
    return false;
  }

  /** The bulk goes first, passively: unlike the truncation, that keeps no other writer waiting. */
  #tryToTruncate(): boolean {
    const { db } = this.#opened;
    this.#checkpoint('PASSIVE');
    db.pragma(`busy_timeout = ${READERS_TIMEOUT_MS}`);
    try {
      return this.#checkpoint('TRUNCATE').busy === 0;
    } finally {
      db.pragma('busy_timeout = 0');
    }
  }

  /**
   * Notes the checkpoint before and after: a file that was written into without a note was changed by somebody else.
   * While another process opens the file, it is left for later.
   *
   * Files that are no longer in place are left alone: what their log says may contradict the file that is there now.
   */
  #checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): Checkpoint {
    const checkpoint = (): Checkpoint => {
      if (!this.#isInPlace) return notDone;
      noteFiles(this.#options, this.#opened.set, true);
      try {
        return this.#pragma(mode);
      } finally {
        if (this.#isInPlace) noteFiles(this.#options, this.#opened.set);
      }
    };
    return this.#isInPlace ? (tryWithOpeningLock(this.#options.path, checkpoint) ?? notDone) : notDone;
  }

  get #isInPlace(): boolean {
    return isInPlace(this.#opened.set, this.#options.path);
  }

  #pragma(mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): Checkpoint {
    const done = this.#opened.db.prepare<[], Checkpoint>(`PRAGMA wal_checkpoint(${mode})`).get();
    return done ?? { busy: 0, log: 0, checkpointed: 0 };
  }

  #report(error: unknown): void {
    this.#options.logger.warn('seen_store_checkpoint_failed', { path: this.#options.path, error });
  }
}
