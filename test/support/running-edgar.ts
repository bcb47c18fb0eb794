import { onTestFinished } from 'vitest';
import { EdgarClient, type EdgarClientOptions } from '../../src/edgar/index.ts';
import type { FeedQuery, FeedSource } from '../../local/edgar/feed-source.ts';
import { accessions, pageOf } from './feed-xml.ts';
import { startLocalEdgar, type LocalEdgar, type LocalEdgarOptions } from '../../local/edgar/local-edgar.ts';

export const USER_AGENT = 'Example Company contact@example.com';

/** A rate at which nobody waits for a turn: on a clock that stands still, a pause of a millisecond would never end. */
const UNPACED = 1e18;

/** A local EDGAR and a client for it, closed when the test ends. */
export async function runEdgar(
  options: Partial<LocalEdgarOptions> = {},
  clientOptions: Partial<EdgarClientOptions> = {},
): Promise<{ readonly edgar: LocalEdgar; readonly client: EdgarClient }> {
  const edgar = await startLocalEdgar({ feed: plainFeed(150), ...options });
  onTestFinished(() => edgar.close());
  const { baseUrl } = edgar;
  const client = new EdgarClient({ userAgent: USER_AGENT, baseUrl, requestsPerSecond: UNPACED, ...clientOptions });
  return { edgar, client };
}

/** A feed of `rows` filings with one row each, newest first. */
export function plainFeed(rows: number): FeedSource {
  const listed = accessions(0, rows);
  return {
    page: ({ start, count }: FeedQuery) =>
      start > 0 && start >= rows ? null : pageOf(listed.slice(start, start + count)),
    advance: () => undefined,
    expected: () => listed,
  };
}
