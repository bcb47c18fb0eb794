import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { atMost, databaseOf, million, type BenchCase } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { idOf } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { BareClaims } from '../../measure/bare-claims.ts';
import { interleave } from '../../measure/interleave.ts';
import type { BareRequest } from '../../processes/bare-thread.ts';

const BATCH = 30;

/** A claim and a commit of new ids, both on the disk when they return, beside two bare transactions. */
const claimCommitCase: BenchCase = {
  name: 'claim-commit',
  title: 'Claim + commit of 30 new ids, synchronous=FULL',
  rows: () => [million],
  run: async (input) => {
    const copy = (name: string): string => copyOf(databaseOf(input, million), input.folder, name);
    const store = await openQuietStore(copy('ours'));
    const bareClaims = new BareClaims(copy('bare'));
    const tunedClaims = new BareClaims(copy('tuned'), { tempStore: 'MEMORY' });
    const thread = new BareThread(copy('thread'));
    const { ours, bare, tuned, threaded } = await interleave(input.quick ? 300 : 1_000, {
      ours: async (round) => store.commit(await store.claim(idsOf(round))),
      bare: (round) => bareClaims.commit(bareClaims.claim(idsOf(round))),
      tuned: (round) => tunedClaims.commit(tunedClaims.claim(idsOf(round))),
      threaded: async (round) => thread.call('commit', await thread.call('claim', idsOf(round))),
    });
    bareClaims.close();
    tunedClaims.close();
    await Promise.all([thread.close(), store.close()]);
    const figures = { ours, bare, tuned, threaded };
    return [
      {
        label: '1M rows, to the bare transactions',
        value: ours / bare,
        unit: '×',
        ...atMost(1.3),
        detail: `${milliseconds(ours)}, bare ${milliseconds(bare)}`,
        figures,
      },
      {
        label: '1M rows, to these with temp_store = MEMORY, as ours',
        value: ours / tuned,
        unit: '×',
        detail: `${milliseconds(tuned)}: a temporary file is the price of the default`,
      },
      {
        label: '1M rows, to the latter in another thread',
        value: ours / threaded,
        unit: '×',
        detail: `${milliseconds(threaded)}: two wake-ups are the price of not stopping the event loop for the disk`,
      },
    ];
  },
};

function idsOf(round: number): string[] {
  return Array.from({ length: BATCH }, (_, index) => idOf(million + round * BATCH + index));
}

class BareThread {
  readonly #worker: Worker;

  constructor(path: string) {
    this.#worker = new Worker(new URL('../../processes/bare-thread.ts', import.meta.url), { workerData: path });
  }

  async call(kind: BareRequest['kind'], ids: readonly string[]): Promise<readonly string[]> {
    const answered = once(this.#worker, 'message');
    this.#worker.postMessage({ kind, ids } satisfies BareRequest);
    const [answer] = (await answered) as [readonly string[]];
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function milliseconds(micros: number): string {
  return `${(micros / 1000).toFixed(2)} ms`;
}

export default claimCommitCase;
