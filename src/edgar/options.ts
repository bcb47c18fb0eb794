import { systemClock, type Clock } from '../store/clock.ts';
import { SeenConfigError } from '../store/errors.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';
import { requirePositive, withDefaults } from '../store/option-checks.ts';
import { requireUserAgent } from './user-agent.ts';

/** Options of an EDGAR client. Only `userAgent` is required. */
export interface EdgarClientOptions {
  /** `Company Name contact@example.com`: EDGAR refuses programs that do not declare themselves. */
  readonly userAgent: string | undefined;
  /** The server's address, which may have a path. Default: `https://www.sec.gov`. */
  readonly baseUrl?: string;
  /** Default: 5. EDGAR allows 10, over all of a user's machines and programs. A redirection is a request, too. */
  readonly requestsPerSecond?: number;
  /** Time for one answer, up to its last byte, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Size of one page after decompression, in bytes. A real page has about 60 kB. Default: 5 000 000. */
  readonly maxPageBytes?: number;
  /** Default: silent. */
  readonly logger?: SeenLogger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

export type ResolvedEdgarClientOptions = Readonly<Required<EdgarClientOptions> & { userAgent: string }>;

export const defaultEdgarClientOptions = {
  baseUrl: 'https://www.sec.gov',
  requestsPerSecond: 5,
  timeoutMs: 30_000,
  maxPageBytes: 5_000_000,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Required<Omit<EdgarClientOptions, 'userAgent'>>;

/** Requests a second that the SEC allows over all of a user's machines: https://www.sec.gov/os/accessing-edgar-data */
export const SEC_REQUESTS_PER_SECOND = 10;

/** @throws {SeenConfigError} naming the option that is wrong. */
export function resolveEdgarClientOptions(options: EdgarClientOptions): ResolvedEdgarClientOptions {
  const userAgent = requireUserAgent(options.userAgent);
  const resolved: ResolvedEdgarClientOptions = { ...withDefaults(defaultEdgarClientOptions, options), userAgent };
  requirePositive('requestsPerSecond', resolved.requestsPerSecond);
  requirePositive('timeoutMs', resolved.timeoutMs);
  requirePositive('maxPageBytes', resolved.maxPageBytes);
  requireFairRate(requireHttpUrl(resolved.baseUrl), resolved.requestsPerSecond);
  return Object.freeze(resolved);
}

function requireHttpUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new SeenConfigError(`baseUrl must be an http(s) URL such as https://www.sec.gov, but is "${baseUrl}".`);
}

/** Tells whether an address is one of the SEC's own, to which `SEC_REQUESTS_PER_SECOND` applies. */
export function isSecHost({ hostname }: URL): boolean {
  return /(?:^|\.)sec\.gov\.?$/.test(hostname);
}

function requireFairRate(url: URL, requestsPerSecond: number): void {
  if (requestsPerSecond <= SEC_REQUESTS_PER_SECOND || !isSecHost(url)) return;
  const allowed = `${url.hostname} allows ${SEC_REQUESTS_PER_SECOND} and blocks who asks faster`;
  throw new SeenConfigError(`requestsPerSecond is ${requestsPerSecond}, but ${allowed}.`);
}
