export { EdgarClient, type PageRequest } from './client.ts';
export { crawl, Crawler } from './crawl/crawler.ts';
export { defaultCrawlOptions, type CrawlOptions } from './crawl/options.ts';
export type { CrawlProblem } from './crawl/problems.ts';
export type { Crawl } from './crawl/report.ts';
export {
  EdgarBlockedError,
  EdgarDoctypeError,
  EdgarEmptyPageError,
  EdgarHtmlPageError,
  EdgarMalformedPageError,
  EdgarNetworkError,
  EdgarPageError,
  EdgarPageTooLargeError,
  EdgarRedirectError,
  EdgarStatusError,
  EdgarTimeoutError,
  EdgarTruncatedPageError,
  EdgarUnavailableError,
  type BlockKind,
} from './errors.ts';
export type { Filing, FilingItem, FilingRow, Party, RefusedRow } from './filing.ts';
export { matchesForms } from './forms.ts';
export type { FormFamily } from './forms/form-table.ts';
export { knownForms, type KnownForm } from './forms/known-forms.ts';
export { readForms, substitutedForms, type FormReading } from './forms/read-forms.ts';
export { groupFilings } from './group.ts';
export { filingAliases, filingKey } from './keys.ts';
export { defaultEdgarClientOptions, isSecHost, SEC_REQUESTS_PER_SECOND, type EdgarClientOptions } from './options.ts';
export { parsePage, type FeedPage } from './parse.ts';
export { isUserAgent, requireUserAgent } from './user-agent.ts';
