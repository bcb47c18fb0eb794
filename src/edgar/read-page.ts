import type { ResolvedCrawlOptions } from './crawl-options.ts';
import { EdgarPageError, EdgarUnavailableError } from './errors.ts';
import { commonPrefix } from './forms.ts';
import { parsePageInTurns, type FeedPage } from './parse.ts';

/** One page, or the reason why there is none. */
export type PageOutcome =
  | { readonly kind: 'page'; readonly page: FeedPage; readonly listed: number }
  | { readonly kind: 'unavailable'; readonly error: EdgarUnavailableError }
  | { readonly kind: 'bad'; readonly error: EdgarPageError };

/**
 * The row at which EDGAR ends every feed with HTTP 503, however many rows there are.
 *
 * Measured: `start=5000` answers, `start=5100` does not.
 */
export const DOCUMENTED_END = 5100;

/**
 * Asks for one page.
 *
 * @throws {EdgarBlockedError} when EDGAR refuses the client: that concerns every page, not this one.
 */
export async function askForPage(options: ResolvedCrawlOptions, start: number): Promise<PageOutcome> {
  const { client, forms, count, signal } = options;
  try {
    const body = await client.fetchPage({ start, count, type: commonPrefix(forms) }, signal);
    const page = await parsePageInTurns(body);
    return { kind: 'page', page, listed: page.rows.length + page.refused.length };
  } catch (error) {
    if (error instanceof EdgarUnavailableError) return { kind: 'unavailable', error };
    if (error instanceof EdgarPageError) return { kind: 'bad', error };
    throw error;
  }
}

/** Asks for one page, and once more, after a pause, if it is not what a feed in the middle would answer. */
export async function readPage(options: ResolvedCrawlOptions, start: number): Promise<PageOutcome> {
  const first = await askForPage(options, start);
  if (!isDoubtful(first, start)) return first;
  await options.clock.sleep(options.retryDelayMs, options.signal);
  return askForPage(options, start);
}

/** Tells whether to ask twice. An empty page after full ones may be a hiccup, and would end the crawl. */
function isDoubtful(outcome: PageOutcome, start: number): boolean {
  if (outcome.kind === 'page') return outcome.listed === 0 && start > 0;
  return outcome.kind === 'bad' || start < DOCUMENTED_END;
}
