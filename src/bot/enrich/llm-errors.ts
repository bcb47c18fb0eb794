import type { LlmEnv } from '../env.ts';
import { createRedactor } from '../log/redact.ts';
import { cleanLine } from '../text/clean.ts';
import { clip } from '../text/clip.ts';
import { EnrichmentError } from './errors.ts';

/** Length at which a provider's message is cut: the error is kept with its filing, and `/seen why` shows it. */
const LONGEST_REASON = 300;

/** The fields that the SDK's errors share. They are recognized by these, so that nothing loads the SDK for them. */
interface SdkError extends Error {
  readonly status?: number | undefined;
  readonly code?: string | null | undefined;
}

/** Says what went wrong at the endpoint, and what an operator can do about it. `error` becomes the cause. */
export function explainLlmError(error: unknown, llm: LlmEnv): EnrichmentError {
  const sdkError: SdkError = error instanceof Error ? error : new Error(String(error));
  const { status } = sdkError;
  const what = status === undefined ? explainNoAnswer(sdkError, llm) : explainStatus(status, sdkError, llm);
  return new EnrichmentError(`The LLM endpoint ${new URL(llm.baseUrl).host} ${what}`, { cause: error, status });
}

function explainStatus(status: number, error: SdkError, { apiKey, model }: LlmEnv): string {
  if (status === 401 || status === 403) return `refused the key (${status}). Check LLM_API_KEY.`;
  if (status === 404)
    return `knows no model ${model}, or is not at this address (404). Check LLM_MODEL and LLM_BASE_URL.`;
  if (status === 429) return 'went on limiting the rate, or has no credit left (429). Lower LLM_MAX_CONCURRENT.';
  if (status >= 500) return `kept failing (${status}).`;
  if (/response_format|json_schema|structured/i.test(error.message)) {
    return `gives no structured output with ${model} (${status}). Choose a model and server that support json_schema.`;
  }
  return `refused the request: ${quote(error.message, apiKey)}`;
}

function explainNoAnswer(error: SdkError, { apiKey, timeoutMs, maxRetries }: LlmEnv): string {
  if (/timed? ?out/i.test(error.message)) {
    const attempts = maxRetries === 0 ? '' : ` in any of ${maxRetries + 1} attempts`;
    return `did not answer within ${timeoutMs / 1000} s${attempts}. Raise LLM_TIMEOUT_SECONDS if it is slow.`;
  }
  const reason = quote(causesOf(error).join(': '), apiKey);
  return `gave no answer that can be read (${reason}). Check LLM_BASE_URL, and that the endpoint is up.`;
}

/** Quotes a provider, which may repeat the key that it refuses, or whole pages. */
function quote(text: string, apiKey: string | undefined): string {
  const redactor = createRedactor(apiKey === undefined ? [] : [apiKey]);
  return clip(cleanLine(redactor.text(text)), LONGEST_REASON);
}

/** Lists an error's message and those of its causes: `fetch` says "fetch failed", and only its causes say why. */
function causesOf(error: Error): string[] {
  const { cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const own = error.message || code || error.name;
  return cause instanceof Error ? [own, ...causesOf(cause)] : [own];
}
