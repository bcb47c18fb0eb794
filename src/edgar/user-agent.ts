import { SeenConfigError } from '../store/errors.ts';

const EMAIL = /[^\s@<>()]+@[^\s@<>()]+\.[a-z]{2,}/i;

// Nothing else can be sent in a header: `fetch` would fail on every page, without naming the setting.
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Tells whether a `User-Agent` names a contact, in characters that a header can carry. */
export function isUserAgent(text: string): boolean {
  return EMAIL.test(text) && PRINTABLE.test(text);
}

/**
 * Returns the `User-Agent` that EDGAR's fair-access rules ask for, trimmed: a name and a contact e-mail address.
 *
 * Source: https://www.sec.gov/os/accessing-edgar-data
 *
 * @throws {SeenConfigError} saying what to set, when it names no contact.
 */
export function requireUserAgent(value: string | undefined): string {
  const userAgent = value?.trim() ?? '';
  if (isUserAgent(userAgent)) return userAgent;
  const problem = userAgent === '' ? 'is not set' : `is ${JSON.stringify(userAgent)}, ${defectOf(userAgent)}`;
  throw new SeenConfigError(
    `EDGAR_USER_AGENT ${problem}. The SEC refuses programs that do not say who they are. ` +
      'Set your own name and address: EDGAR_USER_AGENT="Company Name contact@example.com".',
  );
}

function defectOf(userAgent: string): string {
  return PRINTABLE.test(userAgent) ? 'without a contact e-mail address' : 'with characters other than printable ASCII';
}
