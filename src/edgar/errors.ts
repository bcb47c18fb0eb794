import { SeenError } from '../store/errors.ts';

/** One page could not be fetched or could not be used; the subclasses say why. Asking again later is safe. */
export class EdgarPageError extends SeenError {
  readonly code: string = 'EDGAR_PAGE';
}

/** The page is not well-formed XML, or its root is not `<feed>`. */
export class EdgarMalformedPageError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_MALFORMED';
}

/** The page is an HTML page, whatever its status. */
export class EdgarHtmlPageError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_HTML';
}

/** The page ends in the middle. */
export class EdgarTruncatedPageError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_TRUNCATED';
}

/** The page is sound, and lists nothing: the end of the feed, or a hiccup. */
export class EdgarEmptyPageError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_EMPTY';

  constructor() {
    super('EDGAR answered with an empty page: the end of the feed, or a hiccup.');
  }
}

/** The page declares a document type or entities, which the feed never does. It was not parsed. */
export class EdgarDoctypeError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_DOCTYPE';
}

/** The page is larger than `limitBytes`; reading stopped there. */
export class EdgarPageTooLargeError extends EdgarPageError {
  override readonly code = 'EDGAR_PAGE_TOO_LARGE';
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`The page is larger than ${limitBytes} bytes; the rest was not read.`);
    this.limitBytes = limitBytes;
  }
}

/** No answer: the connection failed or broke. `cause` is the network's error. */
export class EdgarNetworkError extends EdgarPageError {
  override readonly code = 'EDGAR_NETWORK';
}

/** No complete answer within `timeoutMs` milliseconds. */
export class EdgarTimeoutError extends EdgarPageError {
  override readonly code = 'EDGAR_TIMEOUT';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`EDGAR did not answer completely within ${timeoutMs} ms.`);
    this.timeoutMs = timeoutMs;
  }
}

/** An answer with a status other than 200. */
export class EdgarStatusError extends EdgarPageError {
  override readonly code: string = 'EDGAR_STATUS';
  readonly status: number;

  constructor(status: number, hint = '') {
    super(`EDGAR answered with HTTP ${status}${hint}.`);
    this.status = status;
  }
}

/** HTTP 503: the end of the feed, or an outage. Only the pages around it tell which. */
export class EdgarUnavailableError extends EdgarStatusError {
  override readonly code = 'EDGAR_UNAVAILABLE';

  constructor() {
    super(503, ' "File Unavailable": the end of the feed, or an outage');
  }
}

/** A redirection that was not followed. */
export class EdgarRedirectError extends EdgarPageError {
  override readonly code = 'EDGAR_REDIRECT';
  /** Where it led, without a query. */
  readonly location: string;

  constructor(location: string, objection: string) {
    super(
      `EDGAR redirected to ${location}, ${objection}. It was not followed. ` +
        'Set EDGAR_BASE_URL (the option `baseUrl`) to the address at which the feed itself answers.',
    );
    this.location = location;
  }
}

/** Reason why EDGAR refuses a client: no usable `User-Agent`, or (for all it tells) too many requests. */
export type BlockKind = 'undeclared' | 'rate';

const ADVICE: Readonly<Record<BlockKind, string>> = {
  undeclared:
    'EDGAR takes this client for an undeclared automated tool. ' +
    'Set a real User-Agent: EDGAR_USER_AGENT="Company Name contact@example.com".',
  rate:
    'EDGAR, or a proxy before it, refuses this address for now. EDGAR does so after more than 10 requests a second ' +
    'over all programs of the address, and going on would extend the block. A proxy has to allow the address of EDGAR.',
};

/** EDGAR refuses this client. No request is sent before `blockedUntil`. */
export class EdgarBlockedError extends SeenError {
  readonly code = 'EDGAR_BLOCKED';
  readonly kind: BlockKind;
  readonly blockedUntil: Date;

  /**
   * @param remainingMs Time until `blockedUntil`, in milliseconds.
   * @param answer The answer by which EDGAR began to refuse, in words.
   */
  constructor(kind: BlockKind, blockedUntil: Date, remainingMs: number, answer?: string) {
    const seconds = Math.ceil(remainingMs / 1000);
    const cause = answer === undefined ? '' : ` It answered ${answer}.`;
    const pause = `No request is sent for another ${seconds} s, until ${blockedUntil.toISOString()}.`;
    super(`${ADVICE[kind]}${cause} ${pause}`);
    this.kind = kind;
    this.blockedUntil = blockedUntil;
  }
}
