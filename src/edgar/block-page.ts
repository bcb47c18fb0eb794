import type { BlockKind } from './errors.ts';
import { hasFeedRoot } from './page/root.ts';

/** An answer by which EDGAR, or a server before it, refuses this client. */
export interface BlockPage {
  readonly kind: BlockKind;
  /** The status and the title, for people: `HTTP 403 "Access Denied"`. */
  readonly answer: string;
}

/** A missing file, which EDGAR's storage answers with HTTP 403. */
const MISSING_FILE = /<Code>\s*AccessDenied\b/i;

/** Statuses that ask for a login. Their pages speak of denied access, too, and no pause helps. */
const LOGIN_STATUSES: ReadonlySet<number> = new Set([401, 407]);

const UNDECLARED = /undeclared|declare your traffic/;

/** On a page that refuses anyway, it says what is wrong. Elsewhere it may be about browsers. */
const USER_AGENT = /user[ -]?agent/;

/** Words about the client that was refused. A page that is only down, or not found, has none of them. */
const REFUSALS = [
  /too many requests|slow down/,
  /(?:rate|requests?|traffic|usage|query|quota)[ -](?:limit|threshold)/,
  /(?:rate|quota) (?:was |is |has been )?exceeded/,
  /exceed(?:ed|s|ing)? .{0,60}\b(?:rate|requests|traffic|quota)\b/,
  /(?:unusual|suspicious|abnormal|excessive|automated) (?:[a-z]+ )?(?:traffic|activity|access|request|queries|tool)/,
  /access (?:[a-z.]+ ){0,8}(?:denied|blocked|forbidden)/,
  // Not "Access Industries Holdings Limited".
  /access restricted|access (?:[a-z.]+ ){0,6}(?:is|are|was|been) (?:[a-z]+ )?(?:limited|restricted)/,
  /(?:you|requests?|address|ip|client) (?:[a-z]+ ){0,3}(?:blocked|banned|denied|flagged|rejected|throttled)/,
  /captcha|not a robot|robot check|bots? (?:traffic|activity|detected)|(?:you are|are you) (?:a )?(?:human|robot)/,
  /checking your browser|pardon our interruption/,
] as const;

/** With a status of the server's own, such as 503, it is the server that has too many: of all clients together. */
const CONNECTIONS = /too many (?:[a-z]+ )?connections/;

const MAINTENANCE = /maintenance|outage/;

/** Characters of a page, without its tags, in which it says what it is. Policies, which any page may have, follow. */
const OPENING = 600;

/**
 * Tells whether an answer is a block page, and which; null for any other answer.
 *
 * A 429 is one, and so is a 403 that is not a missing file. Any other status, 200 and 503 included, is one where the
 * page's title, headings and first words say so. The feed is none, since its words are those of filings, and neither is
 * a page about maintenance: to stop for it would cost posts.
 *
 * @param page The beginning of the answer.
 */
export function recognizeBlock(status: number, page: string): BlockPage | null {
  if (hasFeedRoot(page) || (MISSING_FILE.test(page) && status !== 429)) return null;
  const opening = openingOf(page);
  const isRefusal = status === 429 || status === 403;
  if (!isRefusal && !saysRefused(status, opening)) return null;
  const isUndeclared = UNDECLARED.test(opening) || (status === 403 && USER_AGENT.test(opening));
  return { kind: isUndeclared ? 'undeclared' : 'rate', answer: `HTTP ${status}${titleOf(page)}` };
}

function saysRefused(status: number, opening: string): boolean {
  if (LOGIN_STATUSES.has(status) || MAINTENANCE.test(opening)) return false;
  if (status >= 400 && status < 500 && CONNECTIONS.test(opening)) return true;
  return UNDECLARED.test(opening) || REFUSALS.some((words) => words.test(opening));
}

/** The words of the title and the headings, and those that the page begins with, in small letters. */
function openingOf(page: string): string {
  const headings = [...page.matchAll(/<(?:title|h1|h2)\b[^<>]*>([^<]*)/gi)].map(([, text = '']) => text);
  return plain(`${headings.join(' ')} ${visible(page).slice(0, OPENING)}`).toLowerCase();
}

function visible(page: string): string {
  const shown = page.replaceAll(/<!--[^]*?(?:-->|$)|<(script|style)\b[^]*?(?:<\/\1|$)/gi, ' ');
  return plain(shown.replaceAll(/<[^<>]*>/g, ' '));
}

/** Leaves ASCII, which all of the words are in, whatever the page's encoding. */
function plain(text: string): string {
  return text.replaceAll(/&(?:nbsp|#160);/gi, ' ').replaceAll(/[^\x21-\x7E]+/g, ' ');
}

function titleOf(page: string): string {
  const title = plain(/<title\b[^<>]*>([^<]*)/i.exec(page)?.[1] ?? '').trim();
  return title === '' ? '' : ` "${title.slice(0, 100)}"`;
}
