import PQueue from 'p-queue';
import { withTimeLimit } from '../store/clock.ts';
import { SeenError } from '../store/errors.ts';
import { Block, recognizeBlock } from './block.ts';
import { readBody, readStart } from './body.ts';
import { EdgarNetworkError, EdgarStatusError, EdgarTimeoutError, EdgarUnavailableError } from './errors.ts';
import { resolveEdgarClientOptions, type EdgarClientOptions, type ResolvedEdgarClientOptions } from './options.ts';

/** A page of the feed. */
export interface PageRequest {
  /** The number of rows before the page. */
  readonly start: number;
  /** Rows on the page: 10, 20, 40, 80 or 100. */
  readonly count: number;
  /** Only forms that begin with this. Empty: every form. */
  readonly type: string;
}

/** Enough of an error page to find the words that identify it. */
const ERROR_PAGE_BYTES = 16_384;

/**
 * Fetches pages of EDGAR's "latest filings" feed, within its fair-access rules.
 *
 * The rate limit applies per client, so use one client for all crawls of a program.
 *
 * @example
 * const client = new EdgarClient({ userAgent: 'Example Corp filings@example.com' });
 * const { rows } = parsePage(await client.fetchPage({ start: 0, count: 100, type: '8-K' }));
 */
export class EdgarClient {
  readonly #options: ResolvedEdgarClientOptions;
  readonly #queue: PQueue;
  readonly #block: Block;

  /** @throws {SeenConfigError} for an option that cannot work, a missing `userAgent` above all. */
  constructor(options: EdgarClientOptions) {
    this.#options = resolveEdgarClientOptions(options);
    this.#block = new Block(this.#options.clock);
    const { requestsPerSecond } = this.#options;
    // Evenly spaced: no bursts, and a rate below one a second works too.
    this.#queue = new PQueue({ interval: 1000 / requestsPerSecond, intervalCap: 1, strict: true });
  }

  /** Time at which requests may go on; null unless EDGAR refuses this client at present. */
  get blockedUntil(): Date | null {
    return this.#block.until;
  }

  /**
   * Fetches one page, waiting for its turn first.
   *
   * @throws {EdgarBlockedError} when EDGAR refuses this client. Until `blockedUntil` no request is sent.
   * @throws {EdgarPageError} in the subclass that says why there is no page: status, timeout, size, network.
   * @throws The signal's reason once it aborts.
   */
  async fetchPage(request: PageRequest, signal: AbortSignal = new AbortController().signal): Promise<Uint8Array> {
    this.#block.check();
    return this.#queue.add(
      () => {
        // While this request waited for its turn, the one before it may have run into a block.
        this.#block.check();
        return this.#fetch(request, signal);
      },
      { signal },
    );
  }

  async #fetch(request: PageRequest, signal: AbortSignal): Promise<Uint8Array> {
    try {
      const { clock, timeoutMs: limitMs } = this.#options;
      const expired = (): Error => new EdgarTimeoutError(limitMs);
      return await withTimeLimit({ clock, limitMs, signal, expired }, (limited) => this.#exchange(request, limited));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof SeenError ? error : networkError(error);
    }
  }

  async #exchange(request: PageRequest, signal: AbortSignal): Promise<Uint8Array> {
    const { baseUrl, userAgent, maxPageBytes } = this.#options;
    const headers = { 'User-Agent': userAgent, 'Accept-Encoding': 'gzip, deflate', Accept: 'application/atom+xml' };
    const response = await fetch(pageUrl(baseUrl, request), { headers, signal });
    if (response.status === 200) return readBody(response, maxPageBytes);
    const block = recognizeBlock(response.status, await readStart(response, ERROR_PAGE_BYTES));
    if (block !== null) throw this.#block.start(block);
    throw response.status === 503 ? new EdgarUnavailableError() : new EdgarStatusError(response.status);
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
