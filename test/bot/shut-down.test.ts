import { container } from '@sapphire/framework';
import { expect, onTestFinished, test } from 'vitest';

import type { BotClient } from '../../src/bot/client.ts';
import { shutDown } from '../../src/bot/shut-down.ts';
import type { Clock } from '../../src/store/clock.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

const never = new Promise<never>(() => undefined);

/** Shuts down a client and a store that end as they are told to. No limit is waited for. */
async function shutDownWith(parts: { feeds?: Promise<unknown>; client?: Promise<void>; store?: Promise<void> }) {
  const ended: string[] = [];
  const limits: number[] = [];
  const logger = new QuietLogger();
  const end = (what: string, result: Promise<void> = Promise.resolve()) => {
    return () => result.then(() => void ended.push(what));
  };
  const clock: Clock = {
    now: () => 0,
    // A turn later, so that what has ended already is in time.
    sleep: async (ms) => {
      limits.push(ms);
      await new Promise(setImmediate);
    },
  };
  const { logger: before, seen } = container;
  onTestFinished(() => void Object.assign(container, { logger: before, seen }));
  Object.assign(container, { logger, seen: { close: end('store', parts.store) } });
  const client = { destroy: end('client', parts.client) } as unknown as BotClient;
  await shutDown(client, parts.feeds ?? Promise.resolve(), clock);
  return { ended, limits, logger };
}

test('everything that ends by itself is waited for, and nothing is said', async () => {
  const { ended, logger } = await shutDownWith({});
  expect([ended, logger.lines]).toEqual([['client', 'store'], []]);
});

test('what does not end is left open after less than eight seconds in all, and named', async () => {
  const { limits, logger } = await shutDownWith({ feeds: never, client: never, store: never });
  expect(limits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(8_000);
  expect(logger.of('bot_stop_forced')).toMatchObject([
    { level: 'warn', fields: { open: ['feeds', 'client', 'store'], hint: expect.stringContaining('Nothing is lost') } },
  ]);
});

test('a client that cannot be destroyed keeps nobody from closing the store', async () => {
  const broken = Promise.reject(new Error('a socket'));
  const { ended, logger } = await shutDownWith({ client: broken });
  expect(ended).toEqual(['store']);
  expect(logger.of('bot_stop_failed')).toMatchObject([{ level: 'error', fields: { what: 'client' } }]);
});
