import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

import type { SqliteOptions } from '../../options.ts';
import { identify, indexOf, logOf, sizeOf } from './identity.ts';
import { renameUnlessGone } from './missing-file.ts';

/**
 * While damage is unresolved, a `.damaged` marker file names the affected file (device and inode). The next start finds
 * out for itself whether the file is still damaged, since somebody may have put back a copy.
 */
const markerOf = (path: string): string => `${path}.damaged`;

/**
 * The name that a marked file is set aside under. The marker is never written twice, so that a start which goes on with
 * an interrupted quarantine finds the same name.
 */
function quarantinedName(path: string): string {
  return `${path}.damaged-${statSync(markerOf(path)).mtime.toISOString().replaceAll(/[:.]/g, '-')}`;
}

export interface OpenedFile extends Pick<SqliteOptions, 'path' | 'logger'> {
  /** The file that is open, which the path may no longer lead to: see `identify`. */
  readonly file: string | undefined;
}

/** Writes the marker when SQLite finds the file damaged, and logs it once, not for each operation. */
export function noteDamage(error: unknown, { path, file, logger }: OpenedFile): void {
  if (!isDamage(error) || identify(path) !== file || existsSync(markerOf(path))) return;
  try {
    writeFileSync(markerOf(path), file ?? '');
  } catch (cause) {
    logger.error('seen_store_mark_failed', { path, error: cause });
  }
  const hint = 'The next start sets the file aside and begins a new one. Restore a copy before, if there is one.';
  logger.error('seen_store_damaged', { path, hint, error });
}

export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');
}

/** Tells whether the marker names the file that the path leads to, which is then to be checked as a whole. */
export function isMarkedDamaged(path: string): boolean {
  return existsSync(markerOf(path)) && readFileSync(markerOf(path), 'utf8') === identify(path);
}

/** Tells whether a start was interrupted while it set the marked file aside: its log is already away. */
export function isQuarantineInterrupted(path: string): boolean {
  return isMarkedDamaged(path) && existsSync(`${quarantinedName(path)}-wal`);
}

/** Tells whether damage was found that no start has recorded yet. */
export function isRecoveryDue(path: string): boolean {
  return existsSync(markerOf(path));
}

export function removeDamageMark(path: string): void {
  rmSync(markerOf(path), { force: true });
}

/**
 * Renames a damaged file, with its log, so that nothing of it is lost. The caller holds the opening lock.
 *
 * The log goes first: SQLite deletes one that it finds beside an empty file. A start that was interrupted in between
 * goes on under the same name.
 *
 * @returns The new name.
 */
export function quarantine(path: string): string {
  if (!isMarkedDamaged(path)) writeFileSync(markerOf(path), identify(path) ?? '');
  const name = quarantinedName(path);
  if (sizeOf(logOf(path)) > 0) renameUnlessGone(logOf(path), `${name}-wal`);
  // An empty log says nothing, and the shared memory only where to find what in the log.
  for (const left of [logOf(path), indexOf(path)]) rmSync(left, { force: true });
  renameUnlessGone(path, name);
  return name;
}
