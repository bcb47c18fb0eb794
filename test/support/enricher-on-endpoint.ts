import { startLocalLlm, type LocalLlm, type LocalLlmOptions } from '../../local/llm/server.ts';
import { createEnricher } from '../../src/bot/enrich/enricher.ts';
import type { Enricher } from '../../src/bot/enrich/summary.ts';
import type { LlmEnv } from '../../src/bot/env.ts';
import { RecordingLogger } from './recording-logger.ts';

/** An enricher, the endpoint that it asks, and what it logs and costs. */
export interface EnricherOnEndpoint extends AsyncDisposable {
  readonly server: LocalLlm;
  readonly logger: RecordingLogger;
  readonly enrich: Enricher;
  /** Every cost that was added to `meter`. */
  readonly costs: readonly { readonly requests?: number; readonly tokens?: number }[];
  readonly meter: { add(cost: { readonly requests?: number; readonly tokens?: number }): void };
}

/** Starts an endpoint, and makes an enricher that asks it. */
export async function enricherOn(
  options: LocalLlmOptions = {},
  settings: Partial<LlmEnv> = {},
  { withinMs = 60_000 }: { readonly withinMs?: number } = {},
): Promise<EnricherOnEndpoint> {
  const server = await startLocalLlm(options);
  const logger = new RecordingLogger();
  const llm = { apiKey: 'key', baseUrl: server.url, model: 'small', timeoutMs: 5000, maxRetries: 2, ...settings };
  const costs: { readonly requests?: number; readonly tokens?: number }[] = [];
  return {
    server,
    logger,
    enrich: createEnricher({ llm, enrichment: { withinMs, editLate: false, dailyBudget: undefined } }, logger),
    costs,
    meter: { add: (cost) => void costs.push(cost) },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The error that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('did not fail');
}
