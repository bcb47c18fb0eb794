// Bare claims and commits in a separate thread, as in any store that keeps the event loop free.
import { parentPort, workerData } from 'node:worker_threads';

import { BareClaims } from '../measure/bare-claims.ts';

export interface BareRequest {
  readonly kind: 'claim' | 'commit';
  readonly ids: readonly string[];
}

const claims = new BareClaims(String(workerData), { tempStore: 'MEMORY' });
parentPort?.on('message', ({ kind, ids }: BareRequest) => {
  const answer = kind === 'claim' ? claims.claim(ids) : claims.commit(ids);
  parentPort?.postMessage(answer ?? []);
});
