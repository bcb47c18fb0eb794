/** The progress of a backup. */
export interface BackupProgress {
  /** Bytes copied so far. */
  readonly copied: number;
  /** Bytes of the whole database; an estimate while rows of PostgreSQL are copied. */
  readonly total: number;
}

/** Cancellation and progress of a backup. */
export interface BackupOptions {
  /** Ends the backup early. It rejects with the signal's reason, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after each part that was copied. `copied` reaches `total` before the copy is checked. An error that is
   * thrown here ends the backup, which rejects with it.
   */
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
  /** Replaces a file that has the name already. Default: false, which refuses such a name. */
  readonly overwrite?: boolean | undefined;
}

/** A finished backup. */
export interface BackupResult {
  /** The absolute path of the backup. */
  readonly path: string;
  /** Its size, in bytes. */
  readonly bytes: number;
}
