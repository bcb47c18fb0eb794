import { describe, expect, test } from 'vitest';
import { EdgarClient, requireUserAgent, type EdgarClientOptions } from '../../src/edgar/index.ts';

describe('requireUserAgent', () => {
  test('returns a name with an e-mail address, trimmed', () => {
    expect(requireUserAgent(' Company Name contact@example.com ')).toBe('Company Name contact@example.com');
  });

  test.each([
    [undefined, 'is not set'],
    ['', 'is not set'],
    ['   ', 'is not set'],
    ['Mozilla/5.0', 'without a contact e-mail address'],
    ['me@localhost', 'without a contact e-mail address'],
    ['Company a@example.com\r\nX-Evil: 1', 'other than printable ASCII'],
    ['Société a@example.com', 'other than printable ASCII'],
  ])('refuses %j and says what to set', (value, problem) => {
    const message = new RegExp(`${problem}.*EDGAR_USER_AGENT="Company Name contact@example.com"`);
    expect(() => requireUserAgent(value)).toThrow(
      expect.objectContaining({ code: 'SEEN_CONFIG', message: expect.stringMatching(message) }),
    );
  });
});

describe('the constructor of the client', () => {
  const userAgent = 'Company contact@example.com';

  test.each([
    [{ userAgent: undefined }, 'EDGAR_USER_AGENT'],
    [{ userAgent, requestsPerSecond: 0 }, 'requestsPerSecond'],
    [{ userAgent, requestsPerSecond: Number.NaN }, 'requestsPerSecond'],
    [{ userAgent, requestsPerSecond: 11 }, 'www.sec.gov allows 10'],
    [{ userAgent, requestsPerSecond: 11, baseUrl: 'https://sec.gov./' }, 'allows 10'],
    [{ userAgent, timeoutMs: -1 }, 'timeoutMs'],
    [{ userAgent, maxPageBytes: 0 }, 'maxPageBytes'],
    [{ userAgent, baseUrl: 'ftp://www.sec.gov' }, 'baseUrl'],
    [{ userAgent, baseUrl: 'nonsense' }, 'baseUrl'],
  ] satisfies [EdgarClientOptions, string][])('refuses %j', (options, message) => {
    expect(() => new EdgarClient(options)).toThrow(
      expect.objectContaining({ code: 'SEEN_CONFIG', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    { userAgent, requestsPerSecond: 10 },
    { userAgent, requestsPerSecond: 1000, baseUrl: 'http://127.0.0.1:1' },
    { userAgent, requestsPerSecond: 11, baseUrl: 'http://notsec.gov' },
    { userAgent, timeoutMs: undefined as unknown as number },
  ])('accepts %j', (options) => {
    expect(new EdgarClient(options).blockedUntil).toBeNull();
  });
});
