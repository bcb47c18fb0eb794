import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { atMost, databaseOf, type BenchCase } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { idOf } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { Child } from '../../processes/child.ts';

const ROWS = 10_000;
const BATCH = 30;
const MIB = 1024 * 1024;

/** An EDGAR sweep lists at most 5,100 filings, and a bot that polls every minute makes sixty an hour. */
const HOUR = 60 * 5_100;

/** As many claims and commits as an hour can bring, one after the other, while two processes read without a pause. */
const walCase: BenchCase = {
  name: 'wal',
  title: "The log after an hour's worth of flat-out writes with readers",
  rows: () => [ROWS],
  run: async (input) => {
    const path = copyOf(databaseOf(input, ROWS), input.folder, 'wal');
    const count = input.quick ? HOUR / 10 : HOUR;
    const store = await openQuietStore(path);
    const readers = await Promise.all(
      ['store', 'store', 'iterator'].map((how) => Child.start('reader.ts', [path, how, String(ROWS)])),
    );
    readers.forEach((reader) => reader.go());
    const startedAt = performance.now();
    const peak = watchSize(`${path}-wal`);
    for (let n = 0; n < count; n += BATCH)
      await store.commit(await store.claim(Array.from({ length: BATCH }, (_, index) => idOf(ROWS + n + index))));
    const seconds = (performance.now() - startedAt) / 1000;
    const most = await peak.stop();
    const reads = await Promise.all(readers.map((reader) => reader.stop<number>()));
    await store.close();
    return [
      {
        label: 'largest write-ahead log',
        value: most / MIB,
        unit: 'MiB',
        ...atMost(32),
        detail: `${count.toLocaleString('en')} ids claimed and committed in ${seconds.toFixed(0)} s${input.quick ? ' (a tenth of an hour)' : ''}; two processes read through the store, a third holds an iterator open for half seconds`,
        figures: { bytes: most, ids: count, seconds, reads: reads[0] ?? 0 },
      },
    ];
  },
};

function watchSize(file: string): { stop(): Promise<number> } {
  const end = new AbortController();
  const watching = (async () => {
    let most = 0;
    while (!end.signal.aborted) {
      most = Math.max(most, statSync(file, { throwIfNoEntry: false })?.size ?? 0);
      await delay(5);
    }
    return most;
  })();
  return {
    stop: () => {
      end.abort();
      return watching;
    },
  };
}

export default walCase;
