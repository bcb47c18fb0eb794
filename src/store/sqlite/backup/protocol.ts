import type { BackupProgress, BackupResult } from '../../contract/backup.ts';
import type { SerializedError } from '../writer/protocol.ts';

/** The work of a backup's thread, given to it at its start. Any message to the thread aborts it. */
export interface BackupTask {
  /** The path of the database. */
  readonly database: string;
  readonly destination: string;
  readonly overwrite: boolean;
}

/** The one answer of the thread. */
export type BackupAnswer =
  | { readonly kind: 'done'; readonly result: BackupResult }
  /** The destination cannot be one. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'failed'; readonly error: SerializedError };

/** From the thread. */
export type BackupReply =
  | BackupAnswer
  | { readonly kind: 'progress'; readonly progress: BackupProgress }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly event: string;
      readonly fields: object;
    };
