import type { Filing } from 'sapphire-plugin-seen/edgar';

/** What a post says about a filing. Plain text: whoever shows it escapes it. */
export interface Summary {
  /** One line. */
  readonly headline: string;
  /** One or two sentences. */
  readonly body: string;
  /** Further facts, one line each; may be empty. */
  readonly points: readonly string[];
  /** Who wrote it: a language model, or this program from the filing itself. */
  readonly source: 'llm' | 'filing';
}

/** @throws An error that says what failed; the filing can be tried again. Once `signal` aborts: its reason. */
export type Enricher = (filing: Filing, signal: AbortSignal) => Promise<Summary>;
