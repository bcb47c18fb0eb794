import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';
import type * as Prometheus from 'prom-client';

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
 * @throws {SeenConfigError} when prom-client is not installed, or the port is not a port number.
 */
export async function serveMetrics(
  client: Client,
  store: SeenStore,
  { port, host = '127.0.0.1' }: MetricsOptions,
): Promise<ServedMetrics | undefined> {
  requirePort(port);
  const prometheus = await loadPrometheus();
  const counting = new AbortController();
  const registry = collectMetrics(prometheus, client, store, counting.signal);
  try {
    const server = await MetricsServer.listen(registry, port, host);
    container.logger.info('seen_metrics_listening', { host, port: server.port });
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
    container.logger.warn('seen_metrics_unavailable', { host, port, hint, error });
    return undefined;
  }
}

function requirePort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new SeenConfigError(`seen.metrics.port must be a whole number from 0 to 65535, but is ${String(port)}.`);
}

async function loadPrometheus(): Promise<typeof Prometheus> {
  try {
    return await import('prom-client');
  } catch (cause) {
    throw new SeenConfigError('The metrics need the package prom-client: npm install prom-client.', { cause });
  }
}
