import type { SeenLogger } from 'sapphire-plugin-seen/store';
import type { BotEnv, LlmEnv } from '../env.ts';
import { asUnusable } from './answer.ts';
import { summariseFiling } from './from-filing.ts';
import { connectLlm } from './llm-client.ts';
import { explainLlmError } from './llm-errors.ts';
import { promptFor } from './prompt.ts';
import type { Enricher } from './summary.ts';

/** Makes the enricher: it asks the configured model, or summarises the filing itself where no model is configured. */
export function createEnricher(env: Pick<BotEnv, 'llm'>, logger: SeenLogger): Enricher {
  if (env.llm !== undefined) return llmEnricher(env.llm, logger);
  return async (filing, signal) => {
    signal.throwIfAborted();
    return summariseFiling(filing);
  };
}

/**
 * Asks the model. If the endpoint fails, the filing fails, and is tried again later. If the endpoint works but its
 * answer to this filing is useless, the filing is posted with the summary that needs no model: it would get the same
 * answer again.
 */
function llmEnricher(llm: LlmEnv, logger: SeenLogger): Enricher {
  return async (filing, signal) => {
    try {
      const ask = await connectLlm(llm);
      return await ask(promptFor(filing), signal);
    } catch (error) {
      signal.throwIfAborted();
      const unusable = asUnusable(error);
      if (unusable === undefined) throw explainLlmError(error, llm);
      logger.warn('llm_answer_unusable', { accession: filing.accession, model: llm.model, error: unusable });
      return summariseFiling(filing);
    }
  };
}
