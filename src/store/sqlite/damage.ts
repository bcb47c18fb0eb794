import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { ResolvedSeenStoreOptions } from '../options.ts';

/** Says that the file beside it was found damaged while the store was open. The next start sets that file aside. */
const markerOf = (path: string): string => `${path}.damaged`;

/** Leaves a mark when SQLite finds the file damaged: one clear line, not one for each operation. */
export function noteDamage(error: unknown, { path, logger }: Pick<ResolvedSeenStoreOptions, 'path' | 'logger'>): void {
  if (!isDamage(error) || existsSync(markerOf(path))) return;
  writeFileSync(markerOf(path), '');
  const hint = 'The next start sets the file aside and begins a new one. Restore a copy before, if there is one.';
  logger.error('seen_store_damaged', { path, hint, error });
}

export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');
}

export function wasFoundDamaged(path: string): boolean {
  return existsSync(markerOf(path)) && existsSync(path);
}

/**
 * Renames a damaged file, with its log, so that nothing of it is lost.
 *
 * @returns The new name.
 */
export function setAside(path: string, now: number): string {
  const aside = `${path}.damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  rmSync(markerOf(path), { force: true });
  return aside;
}
