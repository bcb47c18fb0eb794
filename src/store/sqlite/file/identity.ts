import { lstatSync, statSync } from 'node:fs';

/**
 * The identity of the file at a path, as device and inode; undefined when there is none. Links were followed when the path
 * was settled: one that lies there now was put in the place of the file.
 */
export function identify(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** The files that are a database together: without its log a file lacks what was written last. */
export interface FileSet {
  /** The database file: see `identify`. */
  readonly file: string | undefined;
  /** The write-ahead log. */
  readonly log: string | undefined;
  /** The shared memory, through which connections find their way in the log. */
  readonly index: string | undefined;
  /** The device of the folder: another one lies there while a volume is not mounted. */
  readonly device: number;
  /** Permissions of the file, for a copy that takes its place. */
  readonly mode: number;
}

/** The files that have to be there: see `FileSet`. */
export type FileIdentities = Pick<FileSet, 'file' | 'log' | 'index'>;

export const logOf = (path: string): string => `${path}-wal`;
export const indexOf = (path: string): string => `${path}-shm`;

/** The files that the path and its companions lead to now. */
export function identifySet(path: string): FileIdentities {
  return { file: identify(path), log: identify(logOf(path)), index: identify(indexOf(path)) };
}

/** Tells whether the path still leads to all files of the set. It takes microseconds: each commit asks. */
export function isInPlace(set: FileIdentities, path: string): boolean {
  const now = identifySet(path);
  return now.file === set.file && now.log === set.log && now.index === set.index;
}

/** Size in bytes; 0 for a file that does not exist. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The permissions of a file. */
export function modeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o777;
}
