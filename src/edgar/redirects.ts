import type { SeenLogger } from '../store/logger.ts';
import { EdgarRedirectError } from './errors.ts';
import { isSecHost } from './options.ts';

/** Redirections that one request follows. The real EDGAR needs none, a mirror one or two. */
const MOST = 5;

/** The way of one request: the address that was asked for, and those that its redirections led to. */
export class RedirectTrail {
  readonly #addresses: [URL, ...URL[]];

  constructor(start: URL) {
    this.#addresses = [start];
  }

  /** The number of redirections so far. */
  get redirections(): number {
    return this.#addresses.length - 1;
  }

  /** The address to ask next. */
  get current(): URL {
    return this.#addresses.at(-1) ?? this.#addresses[0];
  }

  /**
   * Follows a redirection.
   *
   * It stays at the site that was configured: what answers there is posted, and is told the operator's contact. So a
   * login page, the notice of a network that blocks, or an address that has passed into other hands is an error that a
   * person sees.
   *
   * @param location The `Location` header.
   * @throws {EdgarRedirectError} for one that leads to another site, to a weaker scheme, in a circle, or too far.
   */
  follow(location: string): void {
    if (!URL.canParse(location, this.current.href)) {
      throw new EdgarRedirectError(withoutSecrets(location), 'which is no address');
    }
    const next = new URL(location, this.current);
    next.hash = '';
    const objection = this.#objectionTo(next);
    if (objection !== undefined) throw new EdgarRedirectError(withoutSecrets(next.href), objection);
    this.#addresses.push(next);
  }

  #objectionTo(next: URL): string | undefined {
    if (!/^https?:$/.test(next.protocol)) return 'which is no http(s) address';
    if (this.current.protocol === 'https:' && next.protocol === 'http:') return 'which is not encrypted';
    if (next.username !== '' || next.password !== '') return 'with a user name or a password in it';
    if (!isSameSite(this.#addresses[0], next)) return 'which is another site';
    if (this.#addresses.some(({ href }) => href === next.href))
      return 'where this request has been: it runs in a circle';
    return this.#addresses.length > MOST ? `after ${MOST} other redirections` : undefined;
  }
}

/** Pages in a row whose redirections are no passing detour. */
const LASTING = 2;

/** Tells once that pages are redirected again and again: each of them costs further requests of the rate limit. */
export class RedirectNotice {
  readonly #logger: SeenLogger;
  #inARow = 0;
  #isTold = false;

  constructor(logger: SeenLogger) {
    this.#logger = logger;
  }

  /** @param trail The way to a page that was had. */
  observe({ redirections, current }: RedirectTrail): void {
    this.#inARow = redirections === 0 ? 0 : this.#inARow + 1;
    if (this.#isTold || this.#inARow < LASTING) return;
    this.#isTold = true;
    const base = baseOf(current) ?? 'an address whose /cgi-bin/browse-edgar is the feed itself';
    this.#logger.warn('edgar_redirected', {
      to: withoutSecrets(current.href),
      requests_per_page: redirections + 1,
      hint: `Set EDGAR_BASE_URL (the option \`baseUrl\`) to ${base}.`,
    });
  }
}

/** The base URL under which an address is that of the feed; undefined if it is none. */
function baseOf({ origin, pathname }: URL): string | undefined {
  const path = /^(.*)\/cgi-bin\/browse-edgar$/.exec(pathname)?.[1];
  return path === undefined ? undefined : origin + path;
}

/** Tells whether two addresses are of one site: the same host, with or without `www.`, or both the SEC's. */
function isSameSite(a: URL, b: URL): boolean {
  return siteOf(a) === siteOf(b) || (isSecHost(a) && isSecHost(b));
}

function siteOf({ hostname }: URL): string {
  return hostname.replace(/^www\./, '').replace(/\.$/, '');
}

function withoutSecrets(address: string): string {
  return address
    .replace(/[?#].*$/s, '')
    .replace(/\/\/.*@/s, '//')
    .slice(0, 200);
}
