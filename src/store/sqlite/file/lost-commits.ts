import type { Database } from 'better-sqlite3';

import { isUnnoticedBackup, Losses, type LossSign } from '../losses.ts';
import type { NotedFile } from './file-note.ts';

/**
 * Notes that the file that was just opened may lack commits, when it is a backup or has taken the place of another. The
 * caller holds the opening lock.
 */
export function noteLostCommits(db: Database, noted: NotedFile, isReplacement: boolean, now: number): void {
  const isBackup = isUnnoticedBackup(db);
  if (!isBackup && !isReplacement) return;
  const losses = new Losses(db);
  losses.noticeBackup(now);
  if (isReplacement) losses.note(now);
  logLoss(noted, isBackup ? 'backup' : 'replaced');
}

/** Tells the log that commits may be lost, so that items are looked for in their channels. */
export function logLoss({ path, logger }: NotedFile, sign: LossSign): void {
  logger.warn('seen_store_commits_uncertain', { path, sign });
}
