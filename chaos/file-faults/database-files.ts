import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

import type { RunClock } from './run-clock.ts';

const ALL_PAGES = 2 ** 31 - 1;

/** A moment from which a copy may lack what is acknowledged, and the moment from which the copy is the database. */
export interface Replacement {
  readonly copyStartedAt: number;
  readonly replacedAt: number;
}

/** The files of the database, and what the field does to them. */
export class DatabaseFiles {
  readonly path: string;
  readonly #copiesFolder: string;
  readonly #now: RunClock;
  #copies = 0;

  /** @param copiesFolder Where copies and renamed files go: outside the database's folder. */
  constructor(path: string, copiesFolder: string, now: RunClock) {
    this.path = path;
    this.#copiesFolder = copiesFolder;
    this.#now = now;
  }

  /** Deletes the file (suffix ''), the log or its index. */
  delete(...suffixes: readonly ('' | '-wal' | '-shm')[]): void {
    for (const suffix of suffixes) rmSync(`${this.path}${suffix}`, { force: true });
  }

  /** Deletes the file, the log and its index. */
  deleteAll(): void {
    this.delete('', '-wal', '-shm');
  }

  /** Deletes everything in the folder but the lock, which is not part of the database. */
  emptyFolder(): void {
    const folder = dirname(this.path);
    const names = readdirSync(folder).filter((name) => name !== `${basename(this.path)}.lock`);
    for (const name of names) rmSync(join(folder, name), { force: true });
  }

  moveAway(): void {
    renameSync(this.path, this.newName());
  }

  /**
   * Makes a copy with SQLite's own means, and puts it in place of the file.
   *
   * @param logToo True to delete the log and its index before.
   * @param meanwhile Runs when the copy is made, and before it is put in place.
   */
  async replace(logToo: boolean, meanwhile: () => Promise<void> = async () => undefined): Promise<Replacement> {
    const copyStartedAt = this.#now();
    const copy = await this.#backUp();
    await meanwhile();
    if (logToo) this.delete('-wal', '-shm');
    renameSync(copy, this.path);
    return { copyStartedAt, replacedAt: this.#now() };
  }

  /** Copies all pages in one step: between two steps a writer would make it begin anew. */
  async #backUp(): Promise<string> {
    const copy = this.newName();
    const db = new BetterSqlite3(this.path, { fileMustExist: true });
    try {
      await db.backup(copy, { progress: () => ALL_PAGES });
      return copy;
    } finally {
      db.close();
    }
  }

  /** Returns a name outside the database's folder that nothing has yet. */
  newName(): string {
    return join(this.#copiesFolder, `copy-${(this.#copies += 1)}.sqlite`);
  }
}
