import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { EdgarClient, EdgarRedirectError, type EdgarClientOptions, type PageRequest } from '../../src/edgar/index.ts';
import { RedirectTrail } from '../../src/edgar/redirects.ts';
import { runServer } from '../support/answering-server.ts';
import { pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { USER_AGENT } from '../support/running-edgar.ts';

const FIRST: PageRequest = { start: 0, count: 100, type: '' };
const PAGE = pageOf(['0001234567-26-000001']);

function clientOf(baseUrl: string, options: Partial<EdgarClientOptions> = {}): EdgarClient {
  return new EdgarClient({ userAgent: USER_AGENT, baseUrl, requestsPerSecond: 1e18, ...options });
}

function redirect(response: ServerResponse, location: string, status = 302): void {
  response.writeHead(status, { Location: location }).end('<html>Moved</html>');
}

/** A server that sends each request from /cgi-bin/… to /1, from there to /2, and answers at /`last`. */
function chain(last: number, status?: number) {
  return runServer((path, response) => {
    const step = Number(/^\/(\d+)$/.exec(path)?.[1] ?? 0);
    if (step === last) response.end(PAGE);
    else redirect(response, `/${step + 1}`, status);
  });
}

describe('a chain of redirections', () => {
  test.each([301, 302, 303, 307, 308])('is followed to the page, with HTTP %d', async (status) => {
    const { url, paths } = await chain(5, status);
    expect(await clientOf(url).fetchPage(FIRST)).toEqual(PAGE);
    expect(paths.slice(1)).toEqual(['/1', '/2', '/3', '/4', '/5']);
  });

  test('is given up after five of them', async () => {
    const { url, paths } = await chain(9);
    await expect(clientOf(url).fetchPage(FIRST)).rejects.toMatchObject({
      code: 'EDGAR_REDIRECT',
      location: `${url}/6`,
      message: expect.stringMatching(/redirected to .*\/6, after 5 other redirections.*Set EDGAR_BASE_URL/),
    });
    expect(paths).toHaveLength(6);
  });

  test('takes one turn for each of its requests', async () => {
    const clock = new ManualClock();
    const { url } = await chain(2);
    const client = clientOf(url, { clock, requestsPerSecond: 2 });
    const start = clock.monotonic();
    await clock.drive(Promise.all([client.fetchPage(FIRST), client.fetchPage(FIRST)]), { upTo: 500 });
    expect(clock.monotonic() - start).toBe(2500);
  });

  test('leads to another port in turn as well: the limit holds over all servers', async () => {
    const clock = new ManualClock();
    const { url: target } = await runServer((_, response) => void response.end(PAGE));
    const { url } = await runServer((path, response) => redirect(response, `${target}${path}`));
    const client = clientOf(url, { clock, requestsPerSecond: 1 });
    const start = clock.monotonic();
    await clock.drive(client.fetchPage(FIRST), { upTo: 1000 });
    expect(clock.monotonic() - start).toBe(1000);
  });

  test('ends with its signal, while it waits for the next turn', async () => {
    const reason = new Error('The bot stops.');
    const { url, paths } = await chain(3);
    const stop = new AbortController();
    const clock = new ManualClock();
    const outcome = clientOf(url, { clock, requestsPerSecond: 0.01 }).fetchPage(FIRST, stop.signal);
    const failed = expect(outcome).rejects.toBe(reason);
    await clock.whenSleeping(100_000);
    stop.abort(reason);
    await failed;
    expect(paths).toHaveLength(1);
    expect(clock.sleeping).toEqual([]);
  });

  test('stops at a block page, and no request follows', async () => {
    const { url, paths } = await runServer((path, response) => {
      if (path === '/blocked') response.end('<html><title>Too Many Requests</title></html>');
      else redirect(response, '/blocked');
    });
    const client = clientOf(url);
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
    await expect(client.fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_BLOCKED' });
    expect(paths).toHaveLength(2);
  });
});

describe('a circle of redirections', () => {
  test.each([
    ['to itself', (path: string) => path, 1],
    ['over another page', (path: string) => (path.startsWith('/a') ? '/cgi-bin/b#top' : '/a'), 3],
    ['that is entered from outside', () => '/a', 2],
  ])('%s is found at once', async (_, next, requests) => {
    const { url, paths } = await runServer((path, response) => redirect(response, next(path)));
    const error: unknown = await clientOf(url)
      .fetchPage(FIRST)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EdgarRedirectError);
    expect(error).toMatchObject({ message: expect.stringContaining('it runs in a circle') });
    expect(paths).toHaveLength(requests);
  });
});

test('a redirection that names no address is an answer with a wrong status', async () => {
  const { url } = await runServer((_, response) => void response.writeHead(302).end());
  await expect(clientOf(url).fetchPage(FIRST)).rejects.toMatchObject({ code: 'EDGAR_STATUS', status: 302 });
});

describe('pages that are redirected again and again', () => {
  const told = (logger: RecordingLogger) => logger.of('edgar_redirected').map(({ fields }) => fields);

  test('are told once, with the address to set', async () => {
    const logger = new RecordingLogger();
    const { url } = await runServer((path, response) => {
      if (path.startsWith('/new/')) response.end(PAGE);
      else redirect(response, `/new/mirror${path}`, 301);
    });
    const client = clientOf(url, { logger });
    await client.fetchPage(FIRST);
    expect(told(logger)).toEqual([]);
    for (let page = 0; page < 3; page += 1) await client.fetchPage(FIRST);
    expect(told(logger)).toEqual([
      {
        to: `${url}/new/mirror/cgi-bin/browse-edgar`,
        requests_per_page: 2,
        hint: `Set EDGAR_BASE_URL (the option \`baseUrl\`) to ${url}/new/mirror.`,
      },
    ]);
    const atOnce = clientOf(`${url}/new/mirror`, { logger });
    for (let page = 0; page < 3; page += 1) await atOnce.fetchPage(FIRST);
    expect(told(logger)).toHaveLength(1);
  });

  test('are told without an address, where that is not one of a feed', async () => {
    const logger = new RecordingLogger();
    const { url } = await chain(3);
    const client = clientOf(url, { logger });
    for (let page = 0; page < 2; page += 1) await client.fetchPage(FIRST);
    expect(told(logger)).toMatchObject([
      { to: `${url}/3`, requests_per_page: 4, hint: expect.stringContaining('an address whose /cgi-bin/browse-edgar') },
    ]);
  });

  test('are not those that others lie between', async () => {
    const logger = new RecordingLogger();
    let requests = 0;
    const { url } = await runServer((path, response) => {
      if (path === '/other' || (requests += 1) % 2 === 0) response.end(PAGE);
      else redirect(response, '/other');
    });
    const client = clientOf(url, { logger });
    for (let page = 0; page < 6; page += 1) await client.fetchPage(FIRST);
    expect({ requests, told: told(logger) }).toEqual({ requests: 6, told: [] });
  });
});

describe('where a redirection may lead', () => {
  const from = (start: string, location: string): string => {
    const trail = new RedirectTrail(new URL(start));
    trail.follow(location);
    return trail.current.href;
  };

  test.each([
    ['https://www.sec.gov/cgi-bin/browse-edgar?count=100', '/edgar/feed', 'https://www.sec.gov/edgar/feed'],
    ['https://www.sec.gov/x', 'https://data.sec.gov/x', 'https://data.sec.gov/x'],
    ['https://sec.gov./x', '//www.sec.gov/x', 'https://www.sec.gov/x'],
    ['http://www.sec.gov/x', 'https://www.sec.gov/x', 'https://www.sec.gov/x'],
    ['http://mirror.example.com/a/x?q=1', '?q=2', 'http://mirror.example.com/a/x?q=2'],
    ['https://mirror.example.com/x', 'https://www.mirror.example.com:8443/x', 'https://www.mirror.example.com:8443/x'],
  ])('from %s it may lead to %s', (start, location, expected) => {
    expect(from(start, location)).toBe(expected);
  });

  test.each([
    ['https://www.sec.gov/x', 'http://www.sec.gov/x', 'http://www.sec.gov/x, which is not encrypted'],
    ['https://www.sec.gov/x', 'https://www.sec.gov.example.com/x', 'sec.gov.example.com/x, which is another site'],
    ['https://www.sec.gov/x', 'https://notsec.gov/x', 'which is another site'],
    ['http://mirror.example.com/x', 'https://www.sec.gov/x', 'which is another site'],
    ['http://one.example.com/x', 'http://two.example.com/x', 'which is another site'],
    ['http://127.0.0.1:8080/x', 'http://169.254.169.254/latest', 'which is another site'],
    ['https://www.sec.gov/x', 'ftp://www.sec.gov/x', 'which is no http(s) address'],
    ['https://www.sec.gov/x', 'file:///etc/passwd', 'which is no http(s) address'],
    ['https://www.sec.gov/x', 'data:text/xml,<feed/>', 'which is no http(s) address'],
    ['https://www.sec.gov/x', 'https://me:hunter2@www.sec.gov/x', 'with a user name or a password'],
    ['https://www.sec.gov/x', 'http://[', 'which is no address'],
  ])('from %s it may not lead to %s', (start, location, message) => {
    expect(() => from(start, location)).toThrow(
      expect.objectContaining({ code: 'EDGAR_REDIRECT', message: expect.stringContaining(message) }),
    );
  });

  test('the way from an unencrypted address over an encrypted one does not lead back', () => {
    const trail = new RedirectTrail(new URL('http://www.sec.gov/x'));
    trail.follow('https://www.sec.gov/x');
    expect(() => trail.follow('http://www.sec.gov/y')).toThrow('which is not encrypted');
  });

  test.each([
    ['https://me:hunter2@example.com/login?token=hunter2', 'https://example.com/login,'],
    ['https://me:hunter2@[/login?token=hunter2', 'https://[/login,'],
  ])('the error about %s repeats no secret of it', (location, shown) => {
    const [error] = [location].map((each) => {
      try {
        return from('https://www.sec.gov/x', each);
      } catch (thrown) {
        return String(thrown);
      }
    });
    expect(error).toContain(shown);
    expect(error).not.toContain('hunter2');
  });
});
