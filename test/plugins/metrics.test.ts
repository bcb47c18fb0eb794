import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { container } from '@sapphire/framework';
import * as prometheus from 'prom-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { collectMetrics } from '../../src/plugins/metrics/collect.ts';
import { telemetry } from '../../src/store/telemetry.ts';
import { localDiscord } from '../support/local-discord.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { newSapphireClient, startSapphireBot, type SapphireBot } from '../support/sapphire-bot.ts';

const at = new Date('2026-11-24T12:00:00Z');

async function startMeasuredBot(): Promise<{ bot: SapphireBot; scrape: (path?: string) => Promise<Response> }> {
  const path = join(temporaryFolder(), 'seen.sqlite');
  const bot = await startSapphireBot(await localDiscord(), { path, command: false, metrics: { port: 0 } });
  const { host, port } = listening(bot) ?? {};
  expect(host).toBe('127.0.0.1');
  return { bot, scrape: (page = '/metrics') => fetch(`http://127.0.0.1:${String(port)}${page}`) };
}

function listening({ logger }: SapphireBot): { host?: unknown; port?: unknown } | undefined {
  return logger.of('seen_metrics_listening')[0]?.fields;
}

describe('metrics', () => {
  test('count cycles, items, writes and purges, and measure sizes and the event loop', async () => {
    const { bot, scrape } = await startMeasuredBot();
    await bot.store.markSeen(['a', 'b', 'c'], 1);
    await bot.store.purge();
    const counts = { total: 150, skipped: 120, enriched: 30, posted: 29, marked: 0, failed: 1, held: 0 };
    bot.client.emit('seenCycle', {
      feed: 'news',
      startedAt: at,
      finishedAt: new Date(at.getTime() + 2_000),
      ...counts,
    });
    for (const step of ['claimed', 'enriched', 'posted', 'settled', 'retried'] as const)
      telemetry.item.publish({ feed: 'news', id: 'n1', step });
    telemetry.enrichment.publish({ feed: 'news', durationMs: 1_500, ok: true });
    telemetry.spending.publish({ feed: 'news', requests: 2, tokens: 700 });
    telemetry.spending.publish({ feed: 'news', requests: 1, tokens: 50 });
    telemetry.lockWait.publish({ waitedMs: 40 });
    const text = await (await scrape()).text();
    for (const line of [
      'seen_feed_items_total{feed="news"} 150',
      'seen_items_total{feed="news",outcome="skipped"} 120',
      'seen_items_total{feed="news",outcome="posted"} 29',
      'seen_cycle_duration_seconds_sum{feed="news"} 2',
      'seen_item_steps_total{feed="news",step="claimed"} 1',
      'seen_item_steps_total{feed="news",step="retried"} 1',
      'seen_enrichment_duration_seconds_sum{feed="news",ok="true"} 1.5',
      'seen_enrichment_requests_total{feed="news"} 3',
      'seen_enrichment_tokens_total{feed="news"} 750',
      'seen_lock_wait_seconds_sum 0.04',
      'seen_purged_ids_total 3',
      'seen_write_queue_depth 0',
      'seen_ledger_items{state="failed"} 0',
      'seen_store_up 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text.match(/^seen_item_steps_total\{/gm)).toHaveLength(2);
    expect(text).toMatch(/seen_store_bytes\{file="wal"\} [1-9]\d*\n/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toMatch(/^seen_store_(dead_rows|oldest_transaction_seconds) /m);
  });

  test('show the health of a database server', async () => {
    const { client, store } = await startMeasuredBot().then(({ bot }) => bot);
    const sizes = { fileBytes: 8_192, health: { deadRows: 12, oldestTransactionMs: 1_500, vacuumedAgoMs: null } };
    const server = { ...store, sizes: () => Promise.resolve(sizes) };
    const text = await collectMetrics(prometheus, client, server, AbortSignal.abort()).metrics();
    for (const line of [
      'seen_store_bytes{file="database"} 8192',
      'seen_store_dead_rows 12',
      'seen_store_oldest_transaction_seconds 1.5',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('file="wal"');
  });

  test('go on without those of a store that does not answer', async () => {
    const { client, store } = await startMeasuredBot().then(({ bot }) => bot);
    const down = { ...store, sizes: () => Promise.reject(new Error('the server is down')) };
    const registry = collectMetrics(prometheus, client, down, new AbortController().signal);
    telemetry.lockWait.publish({ waitedMs: 40 });
    const text = await registry.metrics();
    expect(text).toContain('seen_store_up 0\n');
    expect(text).toContain('seen_lock_wait_seconds_sum 0.04\n');
    expect(text).not.toMatch(/^seen_(store_bytes|ledger_items)\b/m);
  });

  test('are at /metrics and nowhere else', async () => {
    const { scrape } = await startMeasuredBot();
    expect((await scrape('/')).status).toBe(404);
    expect((await scrape()).headers.get('content-type')).toContain('text/plain');
  });

  test('are collected once, however often the login is tried', async () => {
    const path = join(temporaryFolder(), 'seen.sqlite');
    const client = await newSapphireClient(await localDiscord(), { path, command: false, metrics: { port: 0 } });
    onTestFinished(async () => {
      await client.destroy();
      await container.seen?.close();
    });
    const listeners: number[] = [];
    for (let login = 1; login <= 3; login += 1) {
      await expect(client.login('MTIz.wrong.token')).rejects.toThrow('invalid token');
      listeners.push(client.listenerCount('seenCycle'));
    }
    expect(listeners).toEqual([1, 1, 1]);
  });

  test('of the process are collected once, however many registries there are', async () => {
    const path = join(temporaryFolder(), 'seen.sqlite');
    const { client, store } = await startSapphireBot(await localDiscord(), { path, command: false });
    const collectDefaultMetrics = vi.fn<typeof prometheus.collectDefaultMetrics>(prometheus.collectDefaultMetrics);
    const counted = Object.assign({}, prometheus, { collectDefaultMetrics });
    const ended = AbortSignal.abort();
    const registries = [1, 2].map(() => collectMetrics(counted, client, store, ended));
    for (const registry of registries) expect(await registry.metrics()).toContain('nodejs_eventloop_lag_seconds');
    expect(collectDefaultMetrics.mock.calls.length).toBeLessThanOrEqual(1);
  });

  test('are off unless a port is given', async () => {
    const path = join(temporaryFolder(), 'seen.sqlite');
    const bot = await startSapphireBot(await localDiscord(), { path, command: false });
    expect(listening(bot)).toBeUndefined();
  });

  test('that cannot have their port leave the bot without metrics, and say so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const path = join(temporaryFolder(), 'seen.sqlite');
    const bot = await startSapphireBot(await localDiscord(), { path, command: false, metrics: { port } });
    await bot.store.markSeen('a');
    expect(bot.client.isReady()).toBe(true);
    expect(bot.client.listenerCount('seenCycle')).toBe(0);
    expect(bot.logger.of('seen_metrics_unavailable')).toMatchObject([
      { level: 'warn', fields: { host: '127.0.0.1', port, hint: expect.stringContaining('port of its own') } },
    ]);
  });

  test.each([-1, 70_000, 1.5, Number.NaN])('reject the login when %d is to be their port', async (port) => {
    const path = join(temporaryFolder(), 'seen.sqlite');
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path, metrics: { port } });
    onTestFinished(() => client.destroy());
    await expect(client.login(discord.token)).rejects.toThrow(
      `seen.metrics.port must be a whole number from 0 to 65535`,
    );
    expect(discord.requests).toEqual([]);
  });
});
