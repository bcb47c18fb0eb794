import type { ChatCompletionParseParams } from 'openai/resources/chat/completions';
import type { LlmEnv } from '../env.ts';
import { answerSchema, toSummary } from './answer.ts';
import type { ChatMessage } from './prompt.ts';
import type { Summary } from './summary.ts';

/** Asks the model once, retries included. */
export type AskModel = (messages: readonly ChatMessage[], signal: AbortSignal) => Promise<Summary>;

/**
 * Connects to any OpenAI-compatible endpoint. The SDK is loaded here, so that a bot without a model starts faster.
 *
 * Retries are the SDK's: timeouts (of the body too), lost connections, 408, 409, 429 and 5xx, with its backoff and the
 * endpoint's `Retry-After`. Nothing retries on top of it.
 */
export async function connectLlm({ apiKey, baseUrl, model, timeoutMs, maxRetries }: LlmEnv): Promise<AskModel> {
  const [{ OpenAI }, { zodResponseFormat }] = await Promise.all([import('openai'), import('openai/helpers/zod')]);
  const client = new OpenAI({
    // The SDK insists on a key; an endpoint that wants none is not sent one.
    apiKey: apiKey ?? 'none',
    defaultHeaders: apiKey === undefined ? { Authorization: null } : undefined,
    baseURL: baseUrl,
    timeout: timeoutMs,
    maxRetries,
    // The SDK would read these from OPENAI_* variables; only the bot's own variables count.
    organization: null,
    project: null,
    logLevel: 'off',
  });
  const response_format = zodResponseFormat(answerSchema, 'filing_summary');
  return async (messages, signal) => {
    const request: ChatCompletionParseParams = { model, messages: [...messages], response_format };
    const { choices } = await client.chat.completions.parse<typeof request, ReturnType<typeof answerSchema.parse>>(
      request,
      { signal },
    );
    return toSummary(choices[0]);
  };
}
