import type { SeenError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { EdgarPageError } from '../errors.ts';
import type { CrawlRun } from './crawl-run.ts';
import { endOf, type ReadPage } from './read-page.ts';

/** A reason why a crawl is not complete. */
export interface CrawlProblem {
  /** The number of rows before the page. */
  readonly start: number;
  /** The error's `code`. */
  readonly code: string;
  readonly message: string;
}

interface Finding {
  readonly event: string;
  readonly start: number;
  readonly error: SeenError;
  /** True for what lasts until somebody does something about it. */
  readonly isFault?: boolean;
}

/** Logs why a crawl is not complete, a line for each reason, and returns them with the one that a person must see. */
export function reportProblems(
  run: CrawlRun,
  logger: SeenLogger,
): { readonly problems: readonly CrawlProblem[]; readonly fault: string | undefined } {
  const found = findProblems(run);
  for (const { event, start, error, isFault = false } of found) {
    logger[isFault ? 'error' : 'warn'](event, { start, code: error.code, message: error.message });
  }
  const problems = found.map(({ start, error: { code, message } }) => ({ start, code, message }));
  const isNothingRead = run.chain.pages.length === 0;
  const fault = found.find(({ isFault = false }) => isFault);
  // A block says what to do, whatever else is wrong.
  const told = run.blocked ?? (isNothingRead ? problems[0] : fault?.error);
  return { problems, fault: told?.message };
}

function findProblems(run: CrawlRun): Finding[] {
  const refused = [...run.chain.pages.filter(isMostlyRefused).map(refusedPage), ...unreadableForms(run)];
  const gaps = gapsOf(run);
  if (run.blocked !== null) {
    return [
      ...refused,
      ...gaps,
      { event: 'edgar_blocked', start: run.source.latest, error: run.blocked, isFault: true },
    ];
  }
  return [...refused, ...gaps, ...tearsOf(run), ...missingEnd(run)];
}

function isMostlyRefused({ refused, listed }: ReadPage): boolean {
  return refused.length > listed / 2;
}

function refusedPage({ start, refused, listed }: ReadPage): Finding {
  const what = `${refused.length} of the ${listed} rows of the page have no accession number that can be read.`;
  const error = new EdgarPageError(`${what} EDGAR may have changed the feed: look for a new version of this program.`);
  return { event: 'edgar_page_unreadable', start, error, isFault: true };
}

/** A row without a form matches no filter: where most rows are such, a filing that is wanted is not found. */
function unreadableForms({ chain, source }: CrawlRun): Finding[] {
  const { forms, type } = source;
  if (forms.length === 0) return [];
  const worst = chain.pages.find((page) => formless(page) > page.listed / 2);
  const isAnyFound = chain.pages.some(({ rows }) => rows.some(({ form }) => forms.includes(form)));
  // Every row of an answer to `type=` has a form that begins like the wanted ones.
  const first = type === '' || isAnyFound ? undefined : chain.pages.find((page) => formless(page) > 0);
  const page = worst ?? first;
  return page === undefined ? [] : [formlessPage(page)];
}

function formless({ rows }: ReadPage): number {
  return rows.filter(({ form }) => form === '').length;
}

function formlessPage(page: ReadPage): Finding {
  const what = `${formless(page)} of the ${page.listed} rows of the page have no form that can be read`;
  const advice = 'EDGAR may have changed the feed: look for a new version of this program.';
  const error = new EdgarPageError(`${what}, so filings of the wanted forms are not found. ${advice}`);
  return { event: 'edgar_forms_unreadable', start: page.start, error, isFault: true };
}

function gapsOf({ seams, source }: CrawlRun): Finding[] {
  return seams.open.flatMap(({ before, isGap }) => {
    const start = before === null ? 0 : endOf(before);
    const error = source.failuresAt(start).at(-1);
    return isGap && error !== undefined ? [{ event: 'edgar_page_skipped', start, error }] : [];
  });
}

/** One line for all of them: an unsteady feed must not fill the log. */
function tearsOf({ seams }: CrawlRun): Finding[] {
  const tears = seams.open.filter(({ isGap }) => !isGap);
  const [first] = tears;
  if (first === undefined) return [];
  const what = `Rows may be missing between pages at ${tears.length} places: the pages do not overlap.`;
  return [{ event: 'edgar_pages_apart', start: first.after.start, error: new EdgarPageError(what) }];
}

function missingEnd({ walk, chain, source }: CrawlRun): Finding[] {
  if (walk.deadEnd !== null) return [{ ...walk.deadEnd, isFault: true }];
  if (walk.end !== null) return [];
  const start = chain.end;
  const error = source.failuresAt(start).at(-1);
  if (chain.pages.length === 0 && error !== undefined) return [{ event: 'edgar_outage', start, error }];
  const what = 'No page shows whether rows follow the last one that was read.';
  return [{ event: 'edgar_end_unproven', start, error: error ?? new EdgarPageError(what) }];
}
