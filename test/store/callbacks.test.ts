// What the caller gave the store to call, a logger for example, may throw. It must neither end the process nor leave a
// call without an answer: an error that reaches a message handler does both.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, silentLogger, type SeenLogger } from '../../src/store/index.ts';
import { resolveSqliteOptions } from '../../src/store/options.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { fillDatabase, newDatabasePath } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';

const fail = (event: string): never => {
  throw new Error(`no room for ${event}`);
};
/** A method of a logger may be async, as long as its type is not asked for. */
const reject: typeof fail = (event) => Promise.reject(new Error(`no room for ${event}`)) as never;

const loggers: readonly (readonly [string, SeenLogger])[] = [
  ['throws', { debug: fail, info: fail, warn: fail, error: fail }],
  ['returns promises that reject', { debug: reject, info: reject, warn: reject, error: reject }],
  ['has no methods', {} as SeenLogger],
];

/** The warnings of the process that are about a logger, until the test ends. */
function loggerWarnings(): string[] {
  const warnings: string[] = [];
  const note = ({ message }: Error): void =>
    void (message.startsWith('The logger of a store') && warnings.push(message));
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return warnings;
}

describe.each(loggers)('a logger that %s', (_, logger) => {
  test('a store works with it from open to close, and warns once', async () => {
    const warnings = loggerWarnings();
    const store = await openSeenStore({ path: newDatabasePath(), logger });
    await store.markSeen(['a', 'b']);
    expect(await store.isSeen('a')).toBe(true);
    expect(await store.isSeen('')).toBe(false);
    await expect(store.markSeen('')).rejects.toThrow(/^The id at index 0 is empty/);
    await store.close();
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^The logger of a store failed: .+ Log lines may be missing\.$/);
  });

  test('the loss of the writer thread is told to whoever waits, and the next write goes on', async () => {
    const store = await openSeenStore({ path: newDatabasePath(), logger });
    onTestFinished(() => store.close());
    const started = once(process, 'worker') as Promise<[Worker]>;
    const lost = expect(store.markSeen(ids('id', 5_000))).rejects.toThrow(/may or may not have been written/);
    const [worker] = await started;
    await worker.terminate();
    await lost;
    await store.markSeen('b');
    expect(await store.isSeen('b')).toBe(true);
  });
});

test('a logger keeps its own `this`, and gets what the store logs', async () => {
  class Lines implements SeenLogger {
    readonly events: string[] = [];
    debug(event: string): void {
      this.events.push(event);
    }
    info = this.debug;
    warn = this.debug;
    error = this.debug;
  }
  const logger = new Lines();
  const store = await openSeenStore({ path: newDatabasePath(), logger });
  await store.isSeen('');
  await store.close();
  expect(logger.events).toEqual(expect.arrayContaining(['seen_store_initialized', 'is_seen_error']));
});

describe('a long write whose signal has aborted before it is asked for', () => {
  test.each(['forget', 'expire'] as const)('%s ends early, also in a store that has not written yet', async (name) => {
    const path = newDatabasePath();
    await fillDatabase(path, ids('id', 50_000));
    const { writes, close } = await openSqlite(resolveSqliteOptions({ path, logger: silentLogger }, {}));
    onTestFinished(close);
    const first = await writes[name](Number.MAX_SAFE_INTEGER, { signal: AbortSignal.abort() });
    expect(first.finished).toBe(false);
    const second = await writes[name](Number.MAX_SAFE_INTEGER, { signal: AbortSignal.abort() });
    expect(second.finished).toBe(false);
  });

  test('a write that is aborted in the turn in which it starts the thread ends early', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ids('id', 50_000));
    const { writes, close } = await openSqlite(resolveSqliteOptions({ path }, {}));
    onTestFinished(close);
    const aborted = new AbortController();
    const forgetting = writes.forget(Number.MAX_SAFE_INTEGER, { signal: aborted.signal });
    aborted.abort();
    expect((await forgetting).finished).toBe(false);
  });
});
