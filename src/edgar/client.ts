import { withTimeLimit } from '../store/clock.ts';
import { SeenError } from '../store/errors.ts';
import { recognizeBlock } from './block-page.ts';
import { Block } from './block.ts';
import { readBody, readStart } from './body.ts';
import {
  EdgarNetworkError,
  EdgarStatusError,
  EdgarTimeoutError,
  EdgarTruncatedPageError,
  EdgarUnavailableError,
} from './errors.ts';
import { resolveEdgarClientOptions, type EdgarClientOptions, type ResolvedEdgarClientOptions } from './options.ts';
import { Pacer } from './pacer.ts';
import { RedirectNotice, RedirectTrail } from './redirects.ts';
import { retryAfterMs } from './retry-after.ts';

/** A page of the feed. */
export interface PageRequest {
  /** The number of rows before the page. */
  readonly start: number;
  /** Rows on the page: 10, 20, 40, 80 or 100. */
  readonly count: number;
  /** Only forms that begin with this. Empty: every form. */
  readonly type: string;
}

/** A page, or the place where it is to be had. */
type Answer = Uint8Array | { readonly location: string };

/** Enough of an answer to find the words that identify it. */
const START_BYTES = 16_384;

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches pages of EDGAR's "latest filings" feed, within its fair-access rules.
 *
 * The rate limit applies per client, so use one client for all crawls of a program. Redirections within the same site
 * are followed, each in a turn of its own, and a warning tells once if pages are redirected again and again.
 *
 * @example
 * const client = new EdgarClient({ userAgent: 'Example Corp filings@example.com' });
 * const { rows } = parsePage(await client.fetchPage({ start: 0, count: 100, type: '8-K' }));
 */
export class EdgarClient {
  readonly #options: ResolvedEdgarClientOptions;
  readonly #pacer: Pacer;
  readonly #block: Block;
  readonly #notice: RedirectNotice;

  /** @throws {SeenConfigError} for an option that cannot work, a missing `userAgent` above all. */
  constructor(options: EdgarClientOptions) {
    this.#options = resolveEdgarClientOptions(options);
    const { clock, logger, requestsPerSecond } = this.#options;
    this.#notice = new RedirectNotice(logger);
    this.#block = new Block(clock);
    this.#pacer = new Pacer(clock, requestsPerSecond);
  }

  /** Time at which requests may go on; null unless EDGAR refuses this client at present. */
  get blockedUntil(): Date | null {
    return this.#block.until;
  }

  /**
   * Fetches one page, waiting for its turn first.
   *
   * @throws {EdgarBlockedError} when EDGAR refuses this client. Until `blockedUntil` no request is sent.
   * @throws {EdgarPageError} in the subclass that says why there is no page: status, timeout, size, network, a
   *   redirection that was not followed.
   * @throws The signal's reason once it aborts.
   */
  async fetchPage(request: PageRequest, signal: AbortSignal = new AbortController().signal): Promise<Uint8Array> {
    const trail = new RedirectTrail(pageUrl(this.#options.baseUrl, request));
    let answer = await this.#ask(trail.current, signal);
    while (!(answer instanceof Uint8Array)) {
      trail.follow(answer.location);
      answer = await this.#ask(trail.current, signal);
    }
    this.#notice.observe(trail);
    return answer;
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Answer> {
    this.#block.check();
    await this.#pacer.turn(signal);
    // While this request waited for its turn, the one before it may have run into a block.
    this.#block.check();
    return this.#fetch(url, signal);
  }

  async #fetch(url: URL, signal: AbortSignal): Promise<Answer> {
    try {
      const { clock, timeoutMs: limitMs } = this.#options;
      const expired = (): Error => new EdgarTimeoutError(limitMs);
      return await withTimeLimit({ clock, limitMs, signal, expired }, (limited) => this.#exchange(url, limited));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof SeenError ? error : networkError(error);
    }
  }

  async #exchange(url: URL, signal: AbortSignal): Promise<Answer> {
    const headers = {
      'User-Agent': this.#options.userAgent,
      'Accept-Encoding': 'gzip, deflate',
      Accept: 'application/atom+xml',
    };
    const response = await fetch(url, { headers, signal, redirect: 'manual' });
    if (response.status === 200) return this.#readPage(response);
    const location = response.headers.get('location');
    if (location !== null && REDIRECTIONS.has(response.status)) {
      await response.body?.cancel();
      return { location };
    }
    this.#refuseBlock(response, await readStart(response, START_BYTES));
    throw response.status === 503 ? new EdgarUnavailableError() : new EdgarStatusError(response.status);
  }

  async #readPage(response: Response): Promise<Uint8Array> {
    const page = await readBody(response, this.#options.maxPageBytes);
    if (page.byteLength === 0) throw new EdgarTruncatedPageError('EDGAR answered with HTTP 200 and no page at all.');
    this.#refuseBlock(response, Buffer.from(page.subarray(0, START_BYTES)).toString('latin1'));
    return page;
  }

  /** @throws {EdgarBlockedError} if the answer is a block page, which starts a block. */
  #refuseBlock({ status, headers }: Response, start: string): void {
    const block = recognizeBlock(status, start);
    if (block !== null) throw this.#block.start(block, retryAfterMs(headers, this.#options.clock.now()));
  }
}

function pageUrl(baseUrl: string, { start, count, type }: PageRequest): URL {
  // Below the base URL's own path, which a mirror may have.
  const url = new URL('cgi-bin/browse-edgar', baseUrl.replace(/\/*$/, '/'));
  url.search = new URLSearchParams({
    action: 'getcurrent',
    type,
    owner: 'include',
    count: String(count),
    start: String(start),
    output: 'atom',
  }).toString();
  return url;
}

/** Takes its message from the cause of `fetch`'s error: the error itself says no more than "fetch failed". */
function networkError(error: unknown): EdgarNetworkError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const detail = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new EdgarNetworkError(`EDGAR could not be reached, or the connection broke: ${detail}`, { cause: error });
}
