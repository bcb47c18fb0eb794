import type { Client } from 'discord.js';
import type * as Prometheus from 'prom-client';

import { pluginLogger } from '../../log/plugin-logger.ts';
import { SeenConfigError } from '../../store/errors.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { collectMetrics } from './collect.ts';
import type { MetricsOptions } from './options.ts';
import { MetricsServer } from './server.ts';

/** Metrics that are collected and served until they are closed. */
export interface ServedMetrics {
  close(): Promise<void>;
}

/**
 * Serves Prometheus metrics of the store and the feeds. Where the address cannot be had, because another shard has the
 * port for example, that is logged, and nothing is served: a bot can do without its metrics.
 *
 * @returns The metrics that are served; undefined when none are.
 * @throws {SeenConfigError} when prom-client is not installed.
 */
export async function serveMetrics(
  client: Client,
  store: SeenStore,
  { port, host = '127.0.0.1' }: MetricsOptions,
): Promise<ServedMetrics | undefined> {
  const prometheus = await loadPrometheus();
  const counting = new AbortController();
  const registry = collectMetrics(prometheus, client, store, counting.signal);
  try {
    const server = await MetricsServer.listen(registry, port, host);
    pluginLogger(client).info('seen_metrics_listening', { host, port: server.port });
    return {
      close: () => {
        counting.abort();
        return server.close();
      },
    };
  } catch (error) {
    counting.abort();
    const hint =
      'The bot goes on without metrics. Give each process a port of its own, or 0 for any, in seen.metrics.port.';
    pluginLogger(client).warn('seen_metrics_unavailable', { host, port, hint, error });
    return undefined;
  }
}

async function loadPrometheus(): Promise<typeof Prometheus> {
  try {
    return await import('prom-client');
  } catch (cause) {
    throw new SeenConfigError('The metrics need the package prom-client: npm install prom-client.', { cause });
  }
}
