import { describe, expect, onTestFinished, test, vi } from 'vitest';

import {
  noCounts,
  openSeenStore,
  SeenConfigError,
  type SeenStore,
  type SeenStoreOptions,
} from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { NOON } from '../support/times.ts';

async function open(options: SeenStoreOptions = {}): Promise<SeenStore> {
  const store = await openSeenStore({ path: newDatabasePath(), ...options });
  onTestFinished(() => store.close());
  return store;
}

function setTtlVariable(text: string): void {
  vi.stubEnv('SEEN_TTL_DAYS', text);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('the TTL of the environment', () => {
  test.each([
    ['forever', Infinity],
    [' Forever\r', Infinity],
    ['1e9', 1e9],
    [' ', 7],
  ])('SEEN_TTL_DAYS=%j makes a TTL of %d days', async (text, ttlDays) => {
    setTtlVariable(text);
    expect(await (await open()).stats()).toMatchObject({ ttlDays });
  });

  test.each(['7 days', 'never', '0', '-1', 'NaN'])(
    'SEEN_TTL_DAYS=%j is refused by name, with what is allowed',
    async (text) => {
      setTtlVariable(text);
      const opening = open();
      await expect(opening).rejects.toThrow(SeenConfigError);
      await expect(opening).rejects.toThrow(
        `SEEN_TTL_DAYS must be a number of days above 0, or forever, but is "${text}".`,
      );
    },
  );
});

test('a variable that an option overrules may say anything', async () => {
  setTtlVariable('7 days');
  expect(await (await open({ ttlDays: 3 })).stats()).toMatchObject({ ttlDays: 3 });
});

test.each([-Infinity, 'forever' as unknown as number])('a TTL of %s as an option is refused', async (ttlDays) => {
  await expect(open({ ttlDays })).rejects.toThrow(/ttlDays .* above 0, or Infinity, but is/);
});

test.each([1e9, Number.MAX_VALUE, Infinity, 1e-9])('a TTL of %d days works in every operation', async (ttlDays) => {
  const logger = new RecordingLogger();
  const store = await open({ ttlDays, logger });
  await store.markSeen('milliseconds', NOON);
  await store.markSeen('the end of time', Number.MAX_SAFE_INTEGER);
  await store.touch(['milliseconds', 'the end of time']);
  expect(await store.purge()).toEqual({ deleted: 0, finished: true });
  const now = new Date(NOON);
  await store.cycles.record({ feed: 'f', startedAt: now, finishedAt: now, ...noCounts, total: 2 });
  expect(await store.purge()).toEqual({ deleted: 0, finished: true });
  const { oldest, newest } = await store.stats();
  expect([oldest, newest]).toEqual([new Date(NOON * 1000), new Date(8.64e15)]);
  expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
