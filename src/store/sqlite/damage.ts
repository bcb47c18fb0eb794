import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

import type { ResolvedSeenStoreOptions } from '../options.ts';
import { identify } from './file-identity.ts';

/**
 * Beside the file lies a mark from the moment that damage is found until a new store has taken it in: it names the
 * damaged file, so that a start that was interrupted goes on where it was.
 */
const markOf = (path: string): string => `${path}.damaged`;

/** Leaves the mark when SQLite finds the file damaged: one clear line, not one for each operation. */
export function noteDamage(error: unknown, { path, logger }: Pick<ResolvedSeenStoreOptions, 'path' | 'logger'>): void {
  if (!isDamage(error) || existsSync(markOf(path))) return;
  try {
    writeFileSync(markOf(path), identify(path) ?? '');
  } catch (cause) {
    logger.error('seen_store_mark_failed', { path, error: cause });
  }
  const hint = 'The next start sets the file aside and begins a new one. Restore a copy before, if there is one.';
  logger.error('seen_store_damaged', { path, hint, error });
}

export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');
}

/** Whether the file that the path leads to is the one that was found damaged. */
export function isMarkedDamaged(path: string): boolean {
  return existsSync(markOf(path)) && readFileSync(markOf(path), 'utf8') === identify(path);
}

/** Whether a damaged file was set aside and no new store knows of it yet. */
export function isRecoveryDue(path: string): boolean {
  return existsSync(markOf(path));
}

export function recoveryDone(path: string): void {
  rmSync(markOf(path), { force: true });
}

/**
 * Renames a damaged file, with its log, so that nothing of it is lost. Another process may do the same: only the file
 * that was found damaged is moved, and a new one that was caught by mistake goes back.
 *
 * @returns The new name; undefined when another process was first.
 */
export function setAside(path: string, damaged: string | undefined, now: number): string | undefined {
  writeFileSync(markOf(path), damaged ?? '');
  if (identify(path) !== damaged) return undefined;
  const moment = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${path}.damaged-${moment}-${process.pid}-${threadId}`;
  renameSync(path, aside);
  if (identify(aside) !== damaged) {
    renameSync(aside, path);
    return undefined;
  }
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}
