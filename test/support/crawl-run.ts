import type { Fault } from '../../local/edgar/faults.ts';
import type { EdgarRequest, LocalEdgar, LocalEdgarOptions } from '../../local/edgar/local-edgar.ts';
import { crawl, type Crawl, type CrawlOptions } from '../../src/edgar/index.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { runEdgar } from './running-edgar.ts';

/** The pause before a second attempt, by default. */
export const RETRY_MS = 2000;

/** One crawl of a local EDGAR that has ended. */
export interface CrawlRun extends Crawl {
  readonly edgar: LocalEdgar;
  readonly logger: RecordingLogger;
  /** The `start` of every request, in order. */
  readonly starts: readonly number[];
}

/** Crawls a local EDGAR, skipping the pauses before second attempts. */
export async function runCrawl(
  options: Partial<LocalEdgarOptions>,
  crawlOptions: Partial<CrawlOptions> = {},
): Promise<CrawlRun> {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const { edgar, client } = await runEdgar(options, { clock });
  const work = crawl({ client, clock, logger, ...crawlOptions });
  const result = await clock.drive(work, { upTo: RETRY_MS });
  return { ...result, edgar, logger, starts: edgar.requests.map(({ start }) => start) };
}

/** A fault on the page at `start`: on every attempt, or on the first ones only. */
export function faultAt(start: number, fault: Fault, attempts = Infinity) {
  return (request: EdgarRequest): Fault | undefined =>
    request.start === start && request.attempt <= attempts ? fault : undefined;
}
