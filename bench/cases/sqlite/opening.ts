import { atMost, databaseOf, million, short, type BenchCase } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { median } from '../../measure/statistics.ts';
import { Child } from '../../processes/child.ts';
import type { Opening } from '../../processes/opener.ts';

const MIB = 1024 * 1024;

/** A fresh process opens the store, then reads and writes. */
const openingCase: BenchCase = {
  name: 'opening',
  title: 'Opening a large store, and the memory that it adds',
  rows: (quick) => [quick ? million : 10 * million],
  run: async (input) => {
    const rows = input.quick ? million : 10 * million;
    const path = copyOf(databaseOf(input, rows), input.folder, 'opening');
    const openings: Opening[] = [];
    for (let round = 0; round < (input.quick ? 5 : 9); round += 1) {
      const child = await Child.start('opener.ts', [path]);
      child.go();
      openings.push(await child.result<Opening>());
    }
    const openMs = median(openings.map((opening) => opening.openMs));
    const opened = median(openings.map((opening) => opening.openedBytes)) / MIB;
    const writing = median(openings.map((opening) => opening.writingBytes)) / MIB;
    return [
      {
        label: `${short(rows)} rows: time to open`,
        value: openMs,
        unit: 'ms',
        ...atMost(15),
        detail: `median of ${openings.length} processes`,
        figures: { rows, openMs },
      },
      {
        label: `${short(rows)} rows: memory with the writer thread`,
        value: writing,
        unit: 'MiB',
        ...atMost(25),
        detail: `resident set; ${opened.toFixed(1)} MiB before the first write starts the thread`,
        figures: { rows, opened, writing },
      },
    ];
  },
};

export default openingCase;
