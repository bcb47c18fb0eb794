import { tokensIn } from './tokens.ts';
import { readReply, type Reply } from './reply.ts';

/** Codes of errors with which a connection was never made, and so nothing was sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Characters of a token, about. */
const CHARACTERS_OF_TOKEN = 4;

/** Stands for the status of an error that names none: one that the caller may retry. */
const UNKNOWN_ERROR = 502;

/** The cost of requests. */
export interface Cost {
  /** Those that were sent, retries included. */
  readonly requests: number;
  readonly tokens: number;
  /** True when the endpoint does not count tokens, so that their number is a guess from the length of the texts. */
  readonly isEstimated: boolean;
}

/** The requests that one filing leads to: retries, and those without a feature. */
export class Exchange {
  /** The reply to the latest request; undefined while there is none. */
  reply: Reply | undefined;
  readonly #mayRetry: (reply: Reply) => boolean;
  #requests = 0;
  #tokens = 0;
  #isEstimated = false;

  /** @param mayRetry Called with a reply that is no success; false ends the retries. */
  constructor(mayRetry: (reply: Reply) => boolean) {
    this.#mayRetry = mayRetry;
  }

  get cost(): Cost {
    return { requests: this.#requests, tokens: this.#tokens, isEstimated: this.#isEstimated };
  }

  /**
   * Sends a request and reads the whole reply, so that the time limit of the caller is one on the body as well. The body
   * is in `reply`; what is returned has a status and headers for the caller to go by.
   */
  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    this.reply = undefined;
    const sent = typeof init?.body === 'string' ? init.body.length : 0;
    this.#requests += 1;
    try {
      const response = await fetch(url, init);
      const reply = await readReply(response);
      this.reply = reply;
      if (reply.status === 200 && (reply.values.length > 0 || reply.tooLong)) this.#count(reply, sent);
      return this.#answerFor(reply, response.headers);
    } catch (error) {
      if (wasNeverSent(error)) this.#requests -= 1;
      // An endpoint that is given up goes on, and bills.
      else this.#tokens += estimate(sent);
      throw error;
    }
  };

  #count({ text, values, tooLong }: Reply, sent: number): void {
    const tokens = values.map(tokensIn).findLast((counted) => counted !== undefined);
    this.#tokens += tokens ?? estimate(sent + text.length);
    this.#isEstimated ||= tokens === undefined && !tooLong;
  }

  #answerFor(reply: Reply, headers: Headers): Response {
    const copy = new Headers(headers);
    if (reply.status !== 200 && !this.#mayRetry(reply)) copy.set('x-should-retry', 'false');
    return new Response(null, { status: Math.min(reply.status ?? UNKNOWN_ERROR, 599), headers: copy });
  }
}

function estimate(characters: number): number {
  return Math.ceil(characters / CHARACTERS_OF_TOKEN);
}

function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && NEVER_SENT.has(String(cause.code))) return true;
  return false;
}
