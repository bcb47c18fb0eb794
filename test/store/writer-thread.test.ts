import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';

import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

/** The store's module, for a program that never closes its store. */
const storeModule = new URL('../../src/store/index.ts', import.meta.url).href;

describe('the writer thread', () => {
  test('the writer thread starts with the first write, and not before', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    let threads = 0;
    const count = (): void => void (threads += 1);
    process.on('worker', count);
    onTestFinished(() => void process.off('worker', count));
    const store = await openStore(path);
    expect(await store.isSeen('a')).toBe(true);
    await store.stats();
    expect(threads).toBe(0);
    await store.markSeen(['b', 'c']);
    await store.markSeen('d');
    expect(threads).toBe(1);
  });

  test('a writer thread that dies fails what was under way, and the next write starts another', async () => {
    const logger = new RecordingLogger();
    const store = await openStore(newDatabasePath(), logger);
    const born = new Promise<Worker>((resolve) => {
      process.once('worker', resolve);
    });
    const lost = expect(store.markSeen('a')).rejects.toThrow(/may or may not have been written.*Try again/);
    await (await born).terminate();
    await lost;
    expect(logger.of('seen_store_writer_lost')).toMatchObject([{ fields: { pending: 1 } }]);
    await store.markSeen('b');
    expect(await store.isSeen('b')).toBe(true);
  });

  test('a call that cannot be sent to the writer thread is refused, the next one is written, and the process can end', () => {
    const path = newDatabasePath();
    const program = `
      const { openSeenStore } = await import(${JSON.stringify(storeModule)});
      const store = await openSeenStore({ path: process.argv[1] });
      const claims = await store.claim(['a']);
      await store.markSeen('b');
      const refused = await store.fail(claims, () => undefined).catch(({ code }) => code);
      await store.markSeen('c');
      const again = await store.fail(claims, () => undefined).catch(({ code }) => code);
      console.log(refused, again, await store.filterUnseen(['a', 'b', 'c']));`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, path], {
      encoding: 'utf8',
      timeout: 45_000,
    });
    expect(stdout).toBe("SEEN_INPUT SEEN_INPUT [ 'a' ]\n");
    expect(status).toBe(0);
  });
});
