import { monotonicNow } from '../../store/clock.ts';
import { EdgarPageError } from '../errors.ts';
import type { PageReader } from '../page-reader.ts';
import type { ResolvedCrawlOptions } from './options.ts';
import { PageSource, type Answer } from './page-source.ts';
import type { Purpose } from './read-page.ts';

/** Requests in vain that a crawl may cost. */
const MAX_FAILURES = 40;

/** Time that a crawl may spend on requests in vain, in milliseconds; one of them may take half of it. */
const MAX_TIME_LOST = 60_000;

/** The end of a crawl that has asked in vain for too long. Filings that it has read must not wait for the rest. */
export class OutOfPatience extends Error {}

/** Asks for pages until too much of that was in vain. */
export class PatientSource extends PageSource {
  readonly #options: ResolvedCrawlOptions;
  #failures = 0;
  #timeLost = 0;

  constructor(options: ResolvedCrawlOptions, reader: PageReader) {
    super(options, reader);
    this.#options = options;
  }

  /** @throws {OutOfPatience} without a request, once 40 of them, or a minute of them, were in vain. */
  override async ask(start: number, purpose: Purpose): Promise<Answer> {
    if (this.#failures >= MAX_FAILURES || this.#timeLost >= MAX_TIME_LOST) throw new OutOfPatience();
    const { clock } = this.#options;
    const askedAt = monotonicNow(clock);
    const answer = await super.ask(start, purpose);
    if (answer instanceof EdgarPageError) {
      this.#failures += 1;
      this.#timeLost += monotonicNow(clock) - askedAt;
    }
    return answer;
  }
}
