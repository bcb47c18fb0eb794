import { describe, expect, test } from 'vitest';
import { recognizeBlock } from '../../src/edgar/block-page.ts';
import { errorPages } from '../../local/edgar/error-pages.ts';
import { pageOf } from '../support/feed-xml.ts';
import { hasRecordings, recorded } from '../support/recorded-edgar.ts';

const kindOf = (status: number, page: string) => recognizeBlock(status, page)?.kind ?? null;

function html(title: string, ...paragraphs: readonly string[]): string {
  const body = paragraphs.map((text) => `<p>${text}</p>`).join('');
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;
}

const POLICY =
  'We reserve the right to block IP addresses that submit excessive requests. Automated access is limited.';

test.each([
  [403, errorPages.undeclared, 'undeclared'],
  [403, errorPages.rate, 'rate'],
  [403, errorPages.accessDenied, null],
  [403, '<Error>\n  <Code> AccessDenied </Code>\n</Error>', null],
  [403, '', 'rate'],
  [403, 'Forbidden', 'rate'],
  [403, html('Sorry', 'Please send a User-Agent with your e-mail address.'), 'undeclared'],
  [429, '', 'rate'],
  [429, errorPages.undeclared, 'undeclared'],
  [200, errorPages.rate, 'rate'],
  [500, errorPages.rate, 'rate'],
  [503, errorPages.undeclared, 'undeclared'],
  [503, errorPages.unavailable, null],
  [200, errorPages.maintenance, null],
  [500, errorPages.internal, null],
  [429, 'Too many connections', 'rate'],
  [400, html('Too many open connections'), 'rate'],
  [503, html('Service Unavailable', 'Too many connections, please try again later.'), null],
  [500, '{"error":"Too many open connections"}', null],
])('HTTP %i with %j is the block %j', (status, page, kind) => {
  expect(kindOf(status, page)).toBe(kind);
});

describe('with a status that says nothing, a page is a block by its words:', () => {
  test.each([
    html(
      'Access Denied',
      'You don\'t have permission to access "http&#58;&#47;&#47;x" on this server.',
      'Reference #18.2f',
    ),
    html('Sorry…', 'We have detected unusual traffic from your computer network.'),
    html('SEC.gov', 'Automated access to our sites must comply with the policy.'),
    html('Attention Required! | Cloudflare', 'Sorry, you have been blocked'),
    html('Error 1015', 'You are being rate limited'),
    html('Request Rejected', 'Your support ID is: 1234'),
    html('Please wait', 'Your access to this site has been temporarily restricted.'),
    html('Access Restricted', 'Contact the operator.'),
    html('Notice', 'Access from your network is currently limited.'),
    html('One more step', 'Please complete the CAPTCHA.'),
    html('Notice', 'You&nbsp;have made too&nbsp;many&#160;requests.'),
    `<html><script>${'var a = 1;'.repeat(200)}</script><style>p {}</style><p>Request limit reached</p></html>`,
    '{"error":{"code":"quota","message":"Rate limit exceeded"}}',
    '<?xml version="1.0"?><error>Rate exceeded</error>',
  ])('%s', (page) => {
    expect([200, 418, 503].map((status) => kindOf(status, page))).toEqual(['rate', 'rate', 'rate']);
  });
});

describe('a page is no block that', () => {
  test.each([
    [
      'is down for maintenance',
      html('Maintenance', 'Access to EDGAR is limited this weekend. Too many requests may fail.'),
    ],
    ['is down', html('Service Unavailable', 'The server is temporarily unable to service your request.')],
    ['was not found', html('404 Not Found', 'The requested URL was not found on this server.')],
    ['has the policy below its text', html('File Unavailable', 'Come back later. '.repeat(60), POLICY)],
    ['has the words in a script', `<html><script>var x = "too many requests captcha"</script><p>Hello</p></html>`],
    ['has the words in a comment', '<html><!-- access denied --><p>Hello</p></html>'],
    ['is a storage error', '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'],
    ['names a company', html('Not found', 'There is no filing of Access Industries Holdings Limited here.')],
    ['names an offer', html('Not found', 'Access to Capital Limited and Market Access Holdings Limited')],
    ['is empty', ''],
  ])('%s', (_, page) => {
    expect([200, 404, 500, 503].map((status) => kindOf(status, page))).toEqual([null, null, null, null]);
  });

  test('asks for a login', () => {
    expect(kindOf(401, html('Unauthorized', 'Access denied.'))).toBeNull();
  });

  test('is the feed, whatever its filings are called', () => {
    const feed = Buffer.from(pageOf(['0001234567-26-000001'])).toString('latin1');
    expect(kindOf(200, feed.replace('Northwind Robotics', 'Too Many Requests'))).toBeNull();
  });

  test.each([
    ['a prefix', '<?xml version="1.0"?>\n<a:feed xmlns:a="http://www.w3.org/2005/Atom">'],
    ['a long comment before it', `<?xml version="1.0"?><!-- ${'licence <html> '.repeat(400)} --><feed>`],
    ['processing instructions and blank lines before it', `\n\n${'<?style a?>\n'.repeat(300)}<feed\n>`],
  ])('is the feed, whose root has %s', (_, beginning) => {
    const page = `${beginning}<title>Too Many Requests Corp: your access has been blocked</title>`;
    expect([200, 403, 503].map((status) => kindOf(status, page))).toEqual([null, null, null]);
  });

  test('begins with a comment that the beginning of the answer does not end', () => {
    expect(kindOf(200, `<!-- ${'access denied '.repeat(1000)}`)).toBeNull();
  });
});

test('a block page that only speaks of a feed is one', () => {
  expect(kindOf(200, html('Access Denied', 'No <feed > for you.'))).toBe('rate');
});

test('the answer is told to people in its own words', () => {
  expect(recognizeBlock(403, html('Access\n Denied &amp; more'))?.answer).toBe('HTTP 403 "Access Denied &amp; more"');
  expect(recognizeBlock(429, '')?.answer).toBe('HTTP 429');
});

test('a hostile page costs no time', () => {
  const started = process.cpuUsage();
  for (const part of ['<', '<title', '<!--', '<script', 'access a ', 'exceed ', '&nbsp;']) {
    recognizeBlock(200, part.repeat(16_384 / part.length));
  }
  expect(process.cpuUsage(started).user).toBeLessThan(200_000);
});

describe.skipIf(!hasRecordings)('the recorded error pages', () => {
  test.each([
    ['403_undeclared_automated_tool.html', 'undeclared'],
    ['403_rate_threshold_exceeded.html', 'rate'],
    ['403_s3_accessdenied_missing_index.xml', null],
    ['503_file_unavailable_past_end_of_feed.html', null],
  ])('are told apart: %s is the block %j, whatever its status', (file, kind) => {
    const page = Buffer.from(recorded(`errors/${file}`)).toString('latin1');
    const status = Number(file.slice(0, 3));
    expect([status, 200, 503].map((each) => kindOf(each, page))).toEqual([kind, kind, kind]);
  });
});
