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
 * @throws An error that says what failed; the filing can be tried again. Once `signal` aborts: its reason.
 */
export type Enricher = (filing: Filing, signal: AbortSignal) => Promise<Summary>;
