import { setTimeout as delay } from 'node:timers/promises';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { atMost, databaseOf, million, short, type BenchCase } from '../../case.ts';
import { copyOf, CUT } from '../../databases/sqlite.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { longest, quantile } from '../../measure/statistics.ts';
import { watchEventLoop, type Stall } from '../../measure/stall.ts';
import { Child } from '../../processes/child.ts';

const WARM_UP_MS = 1_500;

/** Half of all rows are purged while this process marks, claims and reads, and another one marks. */
const purgeCase: BenchCase = {
  name: 'purge',
  title: 'A purge of half of all rows',
  rows: (quick) => [quick ? million : 10 * million],
  run: async (input) => {
    const rows = input.quick ? million : 10 * million;
    const path = copyOf(databaseOf(input, rows), input.folder, 'purge');
    const store = await openQuietStore(path);
    const batches = feedBatches(100, rows);
    // A bot that has just started collects what its start has left behind.
    await workUntil(store, batches, delay(WARM_UP_MS));
    const [marker, idle] = await Promise.all([Child.start('marker.ts', [path]), Child.start('idle.ts')]);
    marker.go();
    idle.go();
    const startedAt = performance.now();
    const stop = watchEventLoop();
    const purging = store.purge({ olderThan: new Date(CUT * 1000) });
    await workUntil(store, batches, purging);
    const { deleted } = await purging;
    const { ownMs: stall, longestMs: felt } = stop();
    const seconds = (performance.now() - startedAt) / 1000;
    const waits = await marker.stop<readonly number[]>();
    const { longestMs: idleMs } = await idle.stop<Stall>();
    await store.close();
    const figures = {
      rows,
      deleted,
      seconds,
      stall,
      felt,
      idle: idleMs,
      longestWait: longest(waits),
      marks: waits.length,
    };
    return [
      {
        label: `${short(rows)} rows: longest event-loop stall`,
        value: stall,
        unit: 'ms',
        ...atMost(20),
        detail: `${deleted.toLocaleString('en')} rows went in ${seconds.toFixed(1)} s; with the waits for other processes ${felt.toFixed(1)} ms, an idle process beside it ${idleMs.toFixed(1)} ms`,
        figures,
      },
      {
        label: `${short(rows)} rows: longest wait of another process's mark`,
        value: longest(waits),
        unit: 'ms',
        ...atMost(50),
        detail: `${waits.length} marks, 99 % below ${quantile(waits, 0.99).toFixed(1)} ms`,
        figures: { p99: quantile(waits, 0.99) },
      },
    ];
  },
};

async function workUntil(store: SeenStore, batches: readonly string[][], end: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const watching = end.finally(() => ended.abort());
  const writes: Promise<void>[] = [];
  for (let turn = 0; !ended.signal.aborted; turn += 1) {
    const id = `purge-${performance.now()}`;
    if (turn % 10 === 0) writes.push(store.markSeen(`${id}-mark`));
    if (turn % 50 === 0) writes.push(store.claim([`${id}-claim`]).then((claims) => store.commit(claims)));
    await store.filterUnseen(batches[turn % batches.length] ?? []);
    await delay(10);
  }
  await Promise.all([watching, ...writes]);
}

export default purgeCase;
