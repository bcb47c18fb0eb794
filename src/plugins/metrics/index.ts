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
 * Serves Prometheus metrics of the store and the feeds.
 *
 * @throws {SeenConfigError} when prom-client is not installed, or the port is taken.
 */
export async function serveMetrics(client: Client, store: SeenStore, options: MetricsOptions): Promise<ServedMetrics> {
  const { port, host = '127.0.0.1' } = options;
  const counting = new AbortController();
  const registry = collectMetrics(await loadPrometheus(), client, store, counting.signal);
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
    throw error;
  }
}

async function loadPrometheus(): Promise<typeof Prometheus> {
  try {
    return await import('prom-client');
  } catch (cause) {
    throw new SeenConfigError('The metrics need the package prom-client: npm install prom-client.', { cause });
  }
}
