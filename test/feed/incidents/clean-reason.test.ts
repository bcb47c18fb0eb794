import { describe, expect, test } from 'vitest';

import { cleanReason, describeError } from '../../../src/feed/incidents/clean-reason.ts';
import { computingMs } from '../../support/computing-time.ts';

describe('a reason', () => {
  test.each([
    ['https://anna:geheim@example.org/feed failed', 'https://[redacted]@example.org/feed failed'],
    ['GET /feed?page=2&api_key=geheim&x=1 gave 500', 'GET /feed?page=2&api_key=[redacted]&x=1 gave 500'],
    ['https://example.org/?access_token=geheim', 'https://example.org/?access_token=[redacted]'],
    ['Authorization: Bearer geheim was refused', 'Authorization: [redacted] was refused'],
    ['{"apiKey":"geheim","model":"x"}', '{"apiKey":"[redacted]","model":"x"}'],
    ['x-api-key=geheim', 'x-api-key=[redacted]'],
    ['sent with Bearer geheim-geheim', 'sent with Bearer [redacted]'],
    ['Incorrect API key provided: sk-proj-geheimgeheimgeheim.', 'Incorrect API key provided: [redacted].'],
    ['POST /webhooks/123456789012345678/geheim/messages', 'POST /webhooks/123456789012345678/[redacted]/messages'],
    ['token MTEwMDAwMDAwMDAwMDAwMDAwMg.local0.discord-for-tests-and-demo', 'token [redacted]'],
    ['key 0123456789abcdef0123456789abcdef is wrong', 'key [redacted] is wrong'],
  ])('has no secret in it: %s', (reason, cleaned) => {
    expect(cleanReason(reason)).toBe(cleaned);
    expect(cleaned).not.toContain('geheim');
  });

  test.each([
    'EDGAR answered 503 (Service Unavailable) after 3 attempts',
    'connect ECONNREFUSED 127.0.0.1:443',
    'request 0f8fad5b-d9cb-469f-a165-70867728950e timed out',
    "SQLITE_FULL: database or disk is full, open '/data/seen_ids.sqlite'",
    'Unknown Channel (10003)',
  ])('is left as it is where there is none: %s', (reason) => {
    expect(cleanReason(reason)).toBe(reason);
  });

  test('is one line, without characters that nobody sees', () => {
    expect(cleanReason('first\n\n  second\t\u202Ethird\u0000 fourth\u2028fifth')).toBe(
      'first second third fourth fifth',
    );
  });

  test('has at most 300 characters, however long it was, and ends with no half character', () => {
    expect(cleanReason('xyz'.repeat(10_000).replaceAll('z', '-'))).toHaveLength(300);
    const cut = cleanReason(`${'x '.repeat(149)}😀😀😀`);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.endsWith('…')).toBe(true);
    expect(cut.length).toBeLessThanOrEqual(300);
  });

  test('that says nothing says so', () => {
    expect(cleanReason(' \n')).toBe('no reason was given');
  });

  test.each(['-a', 'a-', 'token', '//', '?&', 'a1'])('takes no long time to read: many of %s', (part) => {
    expect(computingMs(() => void cleanReason(part.repeat(100_000)))).toBeLessThan(1000);
  });
});

describe('an error', () => {
  test('is described with its causes, each once', () => {
    const cause = new Error('connect ECONNREFUSED', { cause: new Error('connect ECONNREFUSED') });
    expect(describeError(new TypeError('fetch failed', { cause }))).toBe('fetch failed: connect ECONNREFUSED');
  });

  test('without a message is described by its code', () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(describeError(new TypeError('fetch failed', { cause: refused }))).toBe('fetch failed: ECONNREFUSED');
  });

  test('that is its own cause is described', () => {
    const error = new Error('odd');
    error.cause = error;
    expect(describeError(error)).toBe('odd');
  });

  test('that is none is described', () => {
    expect(describeError('thrown')).toBe('thrown');
    expect(describeError(null)).toBe('null');
  });
});
