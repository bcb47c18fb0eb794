import type { Crawl } from '../../src/edgar/index.ts';
import type { Plan } from './plan.ts';

/** A crawl, and what is known of the feed while it ran. */
export interface CrawlRecord {
  readonly crawl: Pick<Crawl, 'filings' | 'complete' | 'fault'>;
  /** The oldest state of the feed that one of its pages may have shown, as its time. */
  readonly oldestState: number;
  /** The time at which it had ended. */
  readonly endedAt: number;
  /** False for a crawl of which no request went wrong, or was kept back by a block. */
  readonly isFaulty: boolean;
}

/** A post as the channel shows it. */
export interface Post {
  readonly accession: string;
  readonly parties: number;
}

export interface Evidence {
  readonly plan: Plan;
  readonly crawls: readonly CrawlRecord[];
  /** The crawl with which the first run ended; undefined when it never did. */
  readonly firstRun: CrawlRecord | undefined;
  readonly posts: readonly Post[];
}
