import type { OpenAI } from 'openai';
import { systemClock } from 'sapphire-plugin-seen/store';

import type { LlmEnv } from '../../env.ts';
import { readCompletion, type Completion } from '../answer/completion.ts';
import { UnusableAnswerError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { ChatMessage } from '../prompt.ts';
import { Exchange, type Cost } from './exchange.ts';
import { explainNoFormat, explainNoReply, explainRefusal, explainUnreadable, FILING_PROBLEMS } from './explain.ts';
import { faultOf, type Fault } from './fault.ts';
import { allFeatures, featuresWithout, requestBody, type Features } from './features.ts';
import { readRefusal, type Refusal } from './refusal.ts';
import type { Reply } from './reply.ts';

/** Seconds beyond which the SDK does not wait as long as it is told, but as it sees fit. */
const LONGEST_RETRY_AFTER = 60;

/** Called with what the requests of one filing cost. */
export type Bill = (cost: Cost) => void;

/** Makes a client that sends its requests through the given `fetch`. */
type Connect = (send: typeof fetch) => OpenAI;

/**
 * An OpenAI-compatible endpoint. It is asked for everything that helps, and again without what it refuses; that is
 * remembered for the filings to come.
 *
 * Retries are the SDK's: timeouts, of the body too, lost connections, 408, 409, 429 and 5xx, with its backoff and the
 * endpoint's `Retry-After`. Nothing retries on top of it.
 */
export class Endpoint {
  readonly #llm: LlmEnv;
  readonly #withinMs: number;
  #connect: Promise<Connect> | undefined;
  #features = allFeatures;

  /** @param withinMs Milliseconds after which nobody waits for an answer any more. */
  constructor(llm: LlmEnv, withinMs: number) {
    this.#llm = llm;
    this.#withinMs = withinMs;
  }

  /**
   * Asks the model.
   *
   * @param bill Called once, also when it fails.
   * @returns Undefined for a reply that holds no message.
   * @throws {UnusableAnswerError} for what is about this request alone.
   * @throws {EnrichmentError} for what is about the endpoint.
   */
  async ask(messages: readonly ChatMessage[], signal: AbortSignal, bill: Bill): Promise<Completion | undefined> {
    const began = elapsedMs();
    const secondsLeft = (): number => (this.#withinMs - (elapsedMs() - began)) / 1000;
    const exchange = new Exchange((reply) => mayRetry(reply, secondsLeft()));
    try {
      const reply = await this.#askWithFeatures(exchange, messages, signal);
      if (reply.tooLong) throw new UnusableAnswerError('The reply is longer than any summary.');
      const completion = readCompletion(reply.values);
      if (completion === undefined && !isFromChat(reply)) throw explainUnreadable(readRefusal(reply), this.#llm);
      return completion;
    } finally {
      bill(exchange.cost);
    }
  }

  /**
   * Asks with fewer and fewer features. Those that worked are remembered, unless it was a failing server that made do
   * with them, and forgotten when nothing works any more.
   */
  async #askWithFeatures(exchange: Exchange, messages: readonly ChatMessage[], signal: AbortSignal): Promise<Reply> {
    let isLasting = true;
    for (let features = this.#features; ;) {
      const reply = await this.#send(exchange, requestBody(this.#llm.model, messages, features), signal);
      if (reply.status === 200) {
        if (isLasting) this.#features = features;
        return reply;
      }
      features = this.#lesser(features, readRefusal(reply));
      isLasting &&= !isFailing(reply);
    }
  }

  /** @throws what the refusal means, when nothing can be left out on account of it. */
  #lesser(features: Features, refusal: Refusal): Features {
    const fault = faultOf(refusal);
    const lesser = fault.about === 'feature' ? featuresWithout(features, fault.feature) : undefined;
    if (lesser !== undefined) return lesser;
    if (fault.about === 'filing') throw new UnusableAnswerError(FILING_PROBLEMS[fault.problem]);
    if (fault.about === 'feature') this.#features = allFeatures;
    const wantsNoFormat = fault.about === 'feature' && fault.feature === 'format' && !isFailing(refusal);
    if (wantsNoFormat) throw explainNoFormat(refusal, this.#llm);
    throw explainRefusal(refusal, fault, this.#llm);
  }

  async #send(exchange: Exchange, body: ReturnType<typeof requestBody>, signal: AbortSignal): Promise<Reply> {
    const connect = await (this.#connect ??= connectorFor(this.#llm));
    try {
      await connect(exchange.fetch).chat.completions.create(body, { signal }).asResponse();
    } catch (error) {
      signal.throwIfAborted();
      if (exchange.reply === undefined) throw explainNoReply(error, this.#llm);
    }
    if (exchange.reply === undefined) throw new Error('The SDK sent no request.');
    return exchange.reply;
  }
}

/** Tells whether a reply is one of a chat endpoint, although it may hold no message. */
function isFromChat({ values }: Reply): boolean {
  return values.some((value) => isObject(value) && Array.isArray(value['choices']));
}

/** Tells whether a server failed, rather than that it does not offer what it was asked for. */
function isFailing({ status = 0 }: { readonly status: number | undefined }): boolean {
  return status >= 500 && status !== 501;
}

/** Tells whether the same request may succeed a moment later, while there is time left. */
function mayRetry(reply: Reply, secondsLeft: number): boolean {
  if ((reply.retryAfterSeconds ?? 0) > Math.min(secondsLeft, LONGEST_RETRY_AFTER)) return false;
  const fault: Fault = faultOf(readRefusal(reply));
  return fault.about === 'endpoint' && (fault.trouble === 'rate' || fault.trouble === 'busy');
}

/** Milliseconds since some moment, on a clock that nobody sets. */
function elapsedMs(): number {
  return systemClock.monotonic?.() ?? systemClock.now();
}

/** Loads the SDK, so that a bot without a model starts faster. */
async function connectorFor({ apiKey, baseUrl, timeoutMs, maxRetries }: LlmEnv): Promise<Connect> {
  const sdk = await import('openai');
  return (send) =>
    new sdk.OpenAI({
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
      fetch: send,
    });
}
