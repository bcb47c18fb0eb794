import { nextTurn } from '../../store/turns.ts';
import { EdgarEmptyPageError, EdgarPageError } from '../errors.ts';
import { commonPrefix } from '../forms.ts';
import type { PageReader } from '../page-reader.ts';
import type { ResolvedCrawlOptions } from './options.ts';
import type { Purpose, ReadPage } from './read-page.ts';

/** A page with entries, or the reason why there is none. */
export type Answer = ReadPage | EdgarPageError;

/** Asks for the pages of one crawl, and remembers which of them were not to be had. */
export class PageSource {
  readonly #options: ResolvedCrawlOptions;
  readonly #reader: PageReader;
  readonly #failures = new Map<number, EdgarPageError[]>();
  #asked: number[] = [];

  constructor(options: ResolvedCrawlOptions, reader: PageReader) {
    this.#options = options;
    this.#reader = reader;
  }

  /** The wanted forms; empty for every form. */
  get forms(): readonly string[] {
    return this.#options.forms;
  }

  /** The beginning of every wanted form, which EDGAR is asked for; '' for every form. */
  get type(): string {
    return commonPrefix(this.forms);
  }

  /** The number of requests so far. */
  get requests(): number {
    return this.#asked.length;
  }

  /** The place that was asked for last. */
  get latest(): number {
    return this.#asked.at(-1) ?? 0;
  }

  /**
   * Asks for the page that begins at `start`. An empty one is no page: only the pages around it can tell the end of the
   * feed from a hiccup.
   *
   * @throws {EdgarBlockedError} when EDGAR refuses the client: that concerns every page, not this one.
   */
  async ask(start: number, purpose: Purpose): Promise<Answer> {
    this.#asked.push(start);
    const answer = await this.#read(start, purpose);
    if (answer instanceof EdgarPageError) this.#failures.set(start, [...this.failuresAt(start), answer]);
    return answer;
  }

  /** Tells whether EDGAR lists anything but the wanted forms: then it is not down. False where every form is wanted. */
  async listsOtherForms(): Promise<boolean> {
    if (this.type === '') return false;
    this.#asked.push(0);
    return !((await this.#read(0, 'overlap', '')) instanceof EdgarPageError);
  }

  /** Lists the reasons for which the page at `start` was not to be had, one for each time that it was asked for. */
  failuresAt(start: number): readonly EdgarPageError[] {
    return this.#failures.get(start) ?? [];
  }

  async #read(start: number, purpose: Purpose, type = this.type): Promise<Answer> {
    const { client, count, signal } = this.#options;
    // Reading a page takes milliseconds: fifty of them in one turn would hold up the bot.
    await nextTurn();
    try {
      const body = await client.fetchPage({ start, count, type }, signal);
      const page = await this.#reader.read(body);
      return page.listed === 0 ? (page.defect ?? new EdgarEmptyPageError()) : { ...page, start, purpose };
    } catch (error) {
      if (error instanceof EdgarPageError) return error;
      throw error;
    }
  }
}
