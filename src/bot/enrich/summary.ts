import type { EnrichmentMeter } from 'sapphire-plugin-seen';
import type { Filing } from 'sapphire-plugin-seen/edgar';

/** The text of a post about a filing. It is plain text, to be escaped where it is shown. */
export interface Summary {
  /** One line. */
  readonly headline: string;
  /** One or two sentences. */
  readonly body: string;
  /** Further facts, one line each; may be empty. */
  readonly points: readonly string[];
  /** Its author: a language model, or this program from the filing itself. */
  readonly source: 'llm' | 'filing';
}

/**
 * Summarises a filing.
 *
 * @param meter Counts the requests and tokens that it takes. Default: nobody counts.
 * @throws {EnrichmentError} that says what failed and what to set. Once `signal` aborts: its reason.
 */
export type Enricher = (filing: Filing, signal: AbortSignal, meter?: EnrichmentMeter) => Promise<Summary>;
