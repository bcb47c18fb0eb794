import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import {
  noCounts,
  openSeenStore,
  systemClock,
  SeenStoreOpenError,
  type SeenStoreOptions,
} from '../../src/store/index.ts';
import { resolveSeenStoreOptions, resolveSqliteOptions, type SqliteOptions } from '../../src/store/options.ts';
import { movableDatabase } from '../../src/store/databases.ts';
import type { TransferRow } from '../../src/store/port/transfer.ts';
import { admitDeparture, admitImport } from '../../src/store/transfer/admission.ts';
import type { TransferProgress } from '../../src/store/transfer/tally.ts';
import {
  importRows,
  moveRows,
  reopen,
  type MovableDatabase,
  type TransferOptions,
} from '../../src/store/transfer/move.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { filledDatabase, rowsOf } from '../support/filled-database.ts';
import { ids } from '../support/ids.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import type { ContractBackend } from './backend.ts';
import { openUntilFinished } from './stores.ts';

const clock = systemClock;

/** The rows of a SQLite file by which the others are told from the first. */
async function markIn({ path }: SqliteOptions, marked: readonly string[]): Promise<void> {
  const store = await openSeenStore({ path });
  await store.markSeen(marked);
  await store.close();
}

/** The first cells of rows. */
function numbersIn(rows: readonly TransferRow[] = []): number[] {
  return rows.map(([id]) => Number(id));
}

/** A database of the backend. */
interface Target {
  readonly options: SeenStoreOptions;
  readonly database: MovableDatabase;
  readonly rows: () => ReturnType<typeof rowsOf>;
}

/** A transfer that is stopped at its first step. */
function stoppedHalfway(): Pick<TransferOptions, 'signal' | 'onProgress'> {
  const stopped = new AbortController();
  return { signal: stopped.signal, onProgress: () => stopped.abort(new Error('enough')) };
}

/** Moving a database, for every backend to keep, from SQLite and back. */
export function describeTransfer(backend: ContractBackend): void {
  const newTarget = async (): Promise<Target> => {
    const options = await backend.newDatabase();
    const resolved = resolveSeenStoreOptions(options, {});
    return { options, database: movableDatabase(resolved), rows: () => rowsOf(resolved) };
  };
  const newFile = (): SqliteOptions => resolveSqliteOptions({ path: emptyDatabase() }, {});

  describe(`a transfer, on ${backend.name}`, () => {
    test('there and back, every row is what it was, and no token is given again', async () => {
      const file = await filledDatabase();
      const { database, rows } = await newTarget();
      const back = newFile();
      const result = await importRows(movableDatabase(file), database, { clock });
      const before = await rowsOf(file);
      expect(Object.values(before).filter((table) => table.length === 0)).toEqual([]);
      expect(result.changed).toBe(Object.values(before).flat().length);
      await importRows(database, movableDatabase(back), { clock });
      const after = await rowsOf(back);
      expect(await rows()).toEqual(after);
      expect(after).toEqual(before);
      const [one, other] = [await movableDatabase(file).openSource(), await movableDatabase(back).openSource()];
      expect(await other.token()).toBe(await one.token());
      await one.close();
      await other.close();
    });

    test('a second pass brings what is new, changes what differs, deletes what is gone, and leaves the rest', async () => {
      const file = await filledDatabase();
      await markIn(file, ids('old', 2_500));
      const { database, rows } = await newTarget();
      await importRows(movableDatabase(file), database, { clock });
      const store = await openSeenStore({ path: file.path });
      await store.purge({ olderThan: new Date(Date.now() - 86_400_000) });
      await store.markSeen(ids('new', 10));
      await store.incidents.close('source:filings');
      await store.close();
      const source = await rowsOf(file);
      const result = await importRows(movableDatabase(file), database, { clock });
      expect(await rows()).toEqual(source);
      expect(result.changed).toBeLessThan(100);
      expect(await importRows(movableDatabase(file), database, { clock })).toMatchObject({ changed: 0 });
    });

    test('its progress tells how many rows there are, of whichever side has more, and how many are left', async () => {
      const [file, other] = [await filledDatabase(), await filledDatabase()];
      await markIn(file, ids('many', 2_500));
      const count = async (options: SqliteOptions) => Object.values(await rowsOf(options)).flat().length;
      const [most, fewer] = [await count(file), await count(other)];
      const { database } = await newTarget();
      for (const [from, isReplacing] of [
        [file, false],
        [file, false],
        [other, true],
      ] as const) {
        const steps: TransferProgress[] = [];
        await importRows(movableDatabase(from), database, {
          clock,
          isReplacing,
          onProgress: (step) => void steps.push(step),
        });
        expect(steps.length).toBeGreaterThan(2);
        for (const { rows, left } of steps) expect(Math.abs(rows + left - most)).toBeLessThan(most - fewer + 1);
        expect(steps.at(0)?.left).toBeGreaterThan(1_000);
        expect(steps.at(-1)?.left).toBe(0);
      }
    });

    test('rows that may not stand beside each other change places', async () => {
      const file = await filledDatabase();
      const { database, rows } = await newTarget();
      await importRows(movableDatabase(file), database, { clock });
      const db = new Database(file.path);
      db.exec("UPDATE seen_incident SET id = '0' || id; UPDATE seen_hold SET id = id + 1");
      db.exec("UPDATE seen_scope SET plain = 0; UPDATE seen_scope SET plain = 1 WHERE feed = 'news'");
      db.close();
      await importRows(movableDatabase(file), database, { clock });
      expect(await rows()).toEqual(await rowsOf(file));
    });

    test('one that was interrupted keeps bots out, and goes on when it is made again', async () => {
      const file = await filledDatabase();
      const many = ids('many', 4_000);
      await markIn(file, many);
      const { options, database, rows } = await newTarget();
      const aborted = new AbortController();
      const onProgress = ({ changed }: { changed: number }): void => {
        if (changed > 1_000) aborted.abort(new Error('killed'));
      };
      const interrupted = importRows(movableDatabase(file), database, { clock, onProgress, signal: aborted.signal });
      await expect(interrupted).rejects.toThrow('killed');
      await expect(backend.open(options)).rejects.toThrow(/an import from .* has not ended. Run it again/);
      const { changed } = await importRows(movableDatabase(file), database, { clock });
      expect(changed).toBeLessThan(3_500);
      expect(await rows()).toEqual(await rowsOf(file));
      const store = await openUntilFinished(backend, options);
      expect(await store.filterUnseen([...many, 'never'])).toEqual(['never']);
    });

    test('a database that a bot has used is refused, unless it is to be replaced', async () => {
      const file = await filledDatabase();
      const { options, database, rows } = await newTarget();
      await importRows(movableDatabase(file), database, { clock });
      const store = await backend.open(options);
      await store.markSeen('mine');
      await store.close();
      const before = await rows();
      await expect(importRows(movableDatabase(file), database, { clock })).rejects.toThrow(
        /has been used by a bot.*--replace/,
      );
      expect(await rows()).toEqual(before);
      await importRows(movableDatabase(file), database, { clock, isReplacing: true });
      expect(await rows()).toEqual(await rowsOf(file));
    });

    test('new cycles and holds get numbers above those that were brought along', async () => {
      const file = await filledDatabase();
      const db = new Database(file.path);
      db.exec('UPDATE seen_cycle SET id = id + 6; UPDATE seen_hold SET id = id + 8');
      db.close();
      const { options, database, rows } = await newTarget();
      await importRows(movableDatabase(file), database, { clock });
      const before = await rows();
      const store = await openUntilFinished(backend, options);
      const at = new Date();
      await store.cycles.record({ feed: 'news', startedAt: at, finishedAt: at, complete: false, ...noCounts });
      await store.holds.open('news', ['c']);
      const after = await rows();
      for (const table of ['seen_cycle', 'seen_hold']) {
        const brought = Math.max(...numbersIn(before[table]));
        expect(brought).toBeGreaterThan(6);
        expect(numbersIn(after[table]).toSorted((one, other) => one - other)).toEqual([brought, brought + 1]);
      }
    });

    test('what one database brought is not replaced by another, and not by itself', async () => {
      const [file, other] = [await filledDatabase(), await filledDatabase()];
      const { database } = await newTarget();
      await importRows(movableDatabase(file), database, { clock });
      await expect(importRows(movableDatabase(other), database, { clock })).rejects.toThrow(
        'which is another database',
      );
      await expect(importRows(database, database, { clock })).rejects.toThrow('is the source itself');
    });

    test('a database that a bot has open is refused', async () => {
      const file = await filledDatabase();
      const { options, database } = await newTarget();
      const store = await openUntilFinished(backend, options);
      await store.markSeen('mine');
      await expect(importRows(movableDatabase(file), database, { clock, isReplacing: true })).rejects.toThrow(/in use/);
      await expect(moveRows(database, movableDatabase(newFile()), { clock })).rejects.toThrow(/in use/);
      expect(await store.isSeen('mine')).toBe(true);
    });

    test('the copy of a running bot is out of service until it was stopped and moved', async () => {
      const source = await newTarget();
      const store = await backend.open(source.options);
      await store.markSeen('one');
      const file = newFile();
      await importRows(source.database, movableDatabase(file), { clock });
      await expect(openSeenStore({ path: file.path })).rejects.toThrow(/while a bot was running on that.*--move/s);
      await store.markSeen('two');
      await store.close();
      await moveRows(source.database, movableDatabase(file), { clock });
      const moved = await openSeenStore({ path: file.path });
      expect(await moved.filterUnseen(['one', 'two', 'three'])).toEqual(['three']);
      await moved.close();
    });

    test('a database that was moved away says where to, comes back, and may be put back into service', async () => {
      const file = await filledDatabase();
      const { options, database } = await newTarget();
      await moveRows(movableDatabase(file), database, { clock });
      const logger = new RecordingLogger();
      const opening = openSeenStore({ path: file.path, logger });
      const remedy =
        options.url === undefined ? 'SEEN_DB_PATH to that one, and unset SEEN_DB_URL' : 'SEEN_DB_URL to that';
      await expect(opening).rejects.toThrow(SeenStoreOpenError);
      await expect(opening).rejects.toThrow(new RegExp(`is out of service: it was moved to .*\\. Set ${remedy}`));
      // Nobody is told that it is open, who is told next that it cannot be used.
      expect(logger.of('seen_store_initialized')).toEqual([]);
      const store = await backend.open(options);
      await store.markSeen('there');
      await store.close();
      await moveRows(database, movableDatabase(file), { clock });
      await expect(backend.open(options)).rejects.toThrow(`it was moved to ${file.path}`);
      const back = await openSeenStore({ path: file.path });
      expect(await back.isSeen('there')).toBe(true);
      await back.close();
      await reopen(database);
      await (await backend.open(options)).close();
    });

    test('a move that fails leaves the source in service', async () => {
      const file = await filledDatabase();
      const { options, database } = await newTarget();
      const { signal, onProgress } = stoppedHalfway();
      await expect(moveRows(movableDatabase(file), database, { clock, signal, onProgress })).rejects.toThrow('enough');
      await (await openSeenStore({ path: file.path })).close();
      await expect(backend.open(options)).rejects.toThrow('has not ended');
    });

    test('so does one that fails on the way back', async () => {
      const { options, database } = await newTarget();
      await importRows(movableDatabase(await filledDatabase()), database, { clock });
      const file = newFile();
      const { signal, onProgress } = stoppedHalfway();
      await expect(moveRows(database, movableDatabase(file), { clock, signal, onProgress })).rejects.toThrow('enough');
      await (await backend.open(options)).close();
      await expect(openSeenStore({ path: file.path })).rejects.toThrow('has not ended');
    });

    test('one that was stopped before it began has changed nothing', async () => {
      const file = await filledDatabase();
      const { database, rows } = await newTarget();
      const before = await rows();
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(importRows(movableDatabase(file), database, { clock, signal })).rejects.toThrow('enough');
      await expect(moveRows(movableDatabase(file), database, { clock, signal })).rejects.toThrow('enough');
      expect(await rows()).toEqual(before);
    });

    test('a move that was killed keeps bots from both databases, and goes on when it is made again', async () => {
      const file = await filledDatabase();
      const { options, database, rows } = await newTarget();
      const source = await movableDatabase(file).openSource();
      const target = await database.openAlone(admitImport(source, { isReplacing: false, at: 0 }));
      await source.close();
      const left = await movableDatabase(file).openAlone(admitDeparture(target.database, 0));
      await left.close();
      await target.close();
      await expect(openSeenStore({ path: file.path })).rejects.toThrow('it was moved to');
      await expect(backend.open(options)).rejects.toThrow('has not ended');
      await moveRows(movableDatabase(file), database, { clock });
      expect(await rows()).toEqual(await rowsOf(file));
      await (await backend.open(options)).close();
    });

    test('a move to a third database is refused while the database is at another', async () => {
      const file = await filledDatabase();
      const { database } = await newTarget();
      await moveRows(movableDatabase(file), database, { clock });
      await expect(moveRows(movableDatabase(file), movableDatabase(newFile()), { clock })).rejects.toThrow(
        /was moved to .* already/,
      );
      await moveRows(movableDatabase(file), database, { clock });
    });
  });
}
