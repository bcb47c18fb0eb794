import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

import type { ResolvedSeenStoreOptions } from '../options.ts';
import { identify } from './file-identity.ts';

/**
 * Beside the file lies a mark from the moment that damage is found until a start has seen to it: it names the file in
 * question. Whether that is still damaged the start finds out itself, since somebody may have put back a copy.
 */
const markOf = (path: string): string => `${path}.damaged`;

/** The name that a marked file is set aside under. The mark is never written twice, so an interrupted start finds it again. */
function asideOf(path: string): string {
  return `${path}.damaged-${statSync(markOf(path)).mtime.toISOString().replaceAll(/[:.]/g, '-')}`;
}

export interface OpenedFile extends Pick<ResolvedSeenStoreOptions, 'path' | 'logger'> {
  /** The file that is open, which the path may no longer lead to: see `identify`. */
  readonly file: string | undefined;
}

/** Leaves the mark when SQLite finds the file damaged: one clear line, not one for each operation. */
export function noteDamage(error: unknown, { path, file, logger }: OpenedFile): void {
  if (!isDamage(error) || identify(path) !== file || existsSync(markOf(path))) return;
  try {
    writeFileSync(markOf(path), file ?? '');
  } catch (cause) {
    logger.error('seen_store_mark_failed', { path, error: cause });
  }
  const hint = 'The next start sets the file aside and begins a new one. Restore a copy before, if there is one.';
  logger.error('seen_store_damaged', { path, hint, error });
}

export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');
}

/** Whether the file that the path leads to was found damaged, and is to be looked at as a whole. */
export function isMarkedDamaged(path: string): boolean {
  return existsSync(markOf(path)) && readFileSync(markOf(path), 'utf8') === identify(path);
}

/** Whether a start was interrupted while it set the marked file aside: its log is away already. */
export function isHalfAside(path: string): boolean {
  return isMarkedDamaged(path) && existsSync(`${asideOf(path)}-wal`);
}

/** Whether damage was found and no start has recorded it yet. */
export function isRecoveryDue(path: string): boolean {
  return existsSync(markOf(path));
}

export function recoveryDone(path: string): void {
  rmSync(markOf(path), { force: true });
}

/**
 * Renames a damaged file, with its log, so that nothing of it is lost. Only while nobody else opens it.
 *
 * The log goes first: SQLite deletes one that it finds beside an empty file. A start that was interrupted in between
 * goes on under the same name.
 *
 * @returns The new name.
 */
export function setAside(path: string): string {
  if (!isMarkedDamaged(path)) writeFileSync(markOf(path), identify(path) ?? '');
  const aside = asideOf(path);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}
