// A client: a process that opens the store and works on it until it is told to stop, or killed.
import { copyFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { traits } from '../designs.ts';
import { notify } from '../notify.ts';
import type { ClientConfig, Notice, Order } from './protocol.ts';
import { describeError, logger } from './recorder.ts';
import { Workload } from './workload.ts';

const REOPEN_MS = 50;

const config = JSON.parse(process.argv[2] ?? '') as ClientConfig;
const stopping = new AbortController();

process.on('message', (order: Order) => {
  if (order.do === 'stop') return stopping.abort();
  // Closing the copied file drops every lock that this process has on it.
  copyFileSync(config.database, order.to);
  notify<Notice>({ event: 'copied' });
});

// The clients must not outlive the parent, even if it was killed itself.
process.on('disconnect', () => process.exit());

/** A start may be refused while others restore the file; whoever starts a bot tries again. */
async function open(): Promise<SeenStore> {
  for (;;) {
    try {
      return await openSeenStore({ path: config.database, logger });
    } catch (error) {
      notify<Notice>({ event: 'not-opened', ...describeError(error) });
      await delay(REOPEN_MS);
    }
  }
}

const store = await open();
notify<Notice>({ event: 'ready' });
// Node writes it when a process ends by itself, which clients seldom do.
flushCompileCache();
await new Workload(traits[config.design].wrap(store), config).run(stopping.signal);
await store.close();
process.disconnect();
