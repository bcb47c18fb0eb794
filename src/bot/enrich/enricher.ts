import type { EnrichmentMeter } from 'sapphire-plugin-seen';
import type { SeenLogger } from 'sapphire-plugin-seen/store';
import type { BotEnv, LlmEnv } from '../env.ts';
import { readAnswer } from './answer/read-answer.ts';
import { Endpoint } from './endpoint/endpoint.ts';
import type { Cost } from './endpoint/exchange.ts';
import { UnusableAnswerError } from './errors.ts';
import { summariseFiling } from './from-filing.ts';
import { promptFor } from './prompt.ts';
import type { Enricher } from './summary.ts';

/** Milliseconds for an enrichment where nobody says how many there are. */
const WITHIN_MS = 60_000;

/**
 * Makes the enricher: it asks the configured model, or summarises the filing itself where no model is configured.
 *
 * @param env.enrichment The time within which an enrichment must come. Default: a minute.
 */
export function createEnricher(
  { llm, enrichment }: Pick<BotEnv, 'llm'> & Partial<Pick<BotEnv, 'enrichment'>>,
  logger: SeenLogger,
): Enricher {
  if (llm !== undefined) return llmEnricher(llm, enrichment?.withinMs ?? WITHIN_MS, logger);
  return async (filing, signal, meter) => {
    signal.throwIfAborted();
    meter?.add({ requests: 0 });
    return summariseFiling(filing);
  };
}

/**
 * Asks the model. An endpoint that fails is an error. If it works, but gives no summary of this filing, the summary is the
 * one that needs no model: another try would give the same.
 */
function llmEnricher(llm: LlmEnv, withinMs: number, logger: SeenLogger): Enricher {
  const endpoint = new Endpoint(llm, withinMs);
  let isEstimateTold = false;
  const note = ({ isEstimated, ...cost }: Cost, meter: EnrichmentMeter | undefined): void => {
    meter?.add(cost);
    if (!isEstimated || isEstimateTold) return;
    isEstimateTold = true;
    logger.info('llm_tokens_estimated', { model: llm.model });
  };
  return async (filing, signal, meter) => {
    try {
      const completion = await endpoint.ask(promptFor(filing), signal, (cost) => note(cost, meter));
      const { headline, body, points } = readAnswer(completion, filing);
      return { headline: headline ?? summariseFiling(filing).headline, body, points, source: 'llm' };
    } catch (error) {
      if (!(error instanceof UnusableAnswerError)) throw error;
      logger.warn('llm_answer_unusable', { accession: filing.accession, model: llm.model, error });
      return summariseFiling(filing);
    }
  };
}
