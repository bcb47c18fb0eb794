import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { atMost, databaseOf, million, short, type BenchCase } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { openQuietStore } from '../../databases/open.ts';
import { longest, quantile } from '../../measure/statistics.ts';
import { watchEventLoop } from '../../measure/stall.ts';

const BACKUPS = 5;

/** Time of marking without a backup, to compare with. */
const BEFORE_MS = 3_000;

/** Backups, one after the other, of a store that goes on marking. */
const backupCase: BenchCase = {
  name: 'backup',
  title: 'A backup while the store goes on marking',
  rows: () => [million],
  run: async (input) => {
    const path = copyOf(databaseOf(input, million), input.folder, 'backup');
    const store = await openQuietStore(path);
    await store.markSeen('the thread has started');
    const before = await marksUntil(store, delay(BEFORE_MS));
    const startedAt = performance.now();
    const stop = watchEventLoop();
    const during = await marksUntil(store, backUp(store, input.folder));
    const { ownMs: stall } = stop();
    const seconds = (performance.now() - startedAt) / 1000 / BACKUPS;
    await store.close();
    return [
      {
        label: `${short(million)} rows: longest wait of a mark`,
        value: longest(during),
        unit: 'ms',
        ...atMost(50),
        detail: `${during.length} marks, 99 % below ${quantile(during, 0.99).toFixed(1)} ms, without a backup ${quantile(before, 0.99).toFixed(1)} and at most ${longest(before).toFixed(1)} ms; a backup took ${seconds.toFixed(1)} s`,
        figures: {
          seconds,
          p99: quantile(during, 0.99),
          p99Before: quantile(before, 0.99),
          longestBefore: longest(before),
        },
      },
      {
        label: `${short(million)} rows: longest event-loop stall`,
        value: stall,
        unit: 'ms',
        ...atMost(20),
        detail: 'of the process that marks and asked for the backups',
      },
    ];
  },
};

async function backUp(store: SeenStore, folder: string): Promise<void> {
  for (let n = 0; n < BACKUPS; n += 1) await store.backup(join(folder, `backup-${n}.sqlite`));
}

/** Marks one id after the other. Returns how long each took, in milliseconds. */
async function marksUntil(store: SeenStore, end: Promise<unknown>): Promise<number[]> {
  const ended = new AbortController();
  const watching = end.finally(() => ended.abort());
  const waits: number[] = [];
  while (!ended.signal.aborted) {
    const startedAt = performance.now();
    await store.markSeen(`backup-${startedAt}`);
    waits.push(performance.now() - startedAt);
    await delay(2);
  }
  await watching;
  return waits;
}

export default backupCase;
