export { EdgarClient, type PageRequest } from './client.ts';
export { crawl } from './crawl.ts';
export { defaultCrawlOptions, type CrawlOptions } from './crawl-options.ts';
export type { Crawl, CrawlProblem } from './crawl-report.ts';
export {
  EdgarBlockedError,
  EdgarDoctypeError,
  EdgarHtmlPageError,
  EdgarMalformedPageError,
  EdgarNetworkError,
  EdgarPageError,
  EdgarPageTooLargeError,
  EdgarStatusError,
  EdgarTimeoutError,
  EdgarTruncatedPageError,
  EdgarUnavailableError,
  type BlockKind,
} from './errors.ts';
export type { Filing, FilingItem, FilingRow, Party, RefusedRow } from './filing.ts';
export { matchesForms } from './forms.ts';
export { groupFilings } from './group.ts';
export { filingAliases, filingKey } from './keys.ts';
export { defaultEdgarClientOptions, isSecHost, SEC_REQUESTS_PER_SECOND, type EdgarClientOptions } from './options.ts';
export { parsePage, type FeedPage } from './parse.ts';
export { isUserAgent, requireUserAgent } from './user-agent.ts';
