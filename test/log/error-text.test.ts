import { DiscordAPIError, HTTPError } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { errorText } from '../../src/log/error-text.ts';
import { SeenConfigError, SeenStoreError } from '../../src/store/errors.ts';

const file = import.meta.filename.slice(process.cwd().length + 1);

/** As an error is that was made in a package, or by Node. */
function foreign<Failure extends Error>(error: Failure, frames: readonly string[] = []): Failure {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const base = 'https://discord.com/api/v10';
const refused = (url: string, code = 10_003, message = 'Unknown Channel'): DiscordAPIError =>
  foreign(new DiscordAPIError({ code, message }, code, 404, 'GET', url, { body: undefined, files: undefined }));

describe('an error in a line of the log', () => {
  test.each<[string, Error, string]>([
    [
      'of Discord has its request with the id of the channel, the status and the code',
      refused(`${base}/channels/123456789012345678?x=1`),
      'Unknown Channel (GET /channels/123456789012345678, status 404, code 10003)',
    ],
    [
      "of Discord's servers has its request",
      foreign(
        new HTTPError(503, 'Service Unavailable', 'POST', `${base}/channels/1/messages`, {
          body: undefined,
          files: undefined,
        }),
      ),
      'Service Unavailable (POST /channels/1/messages, status 503)',
    ],
    [
      'does not give away the token of a webhook',
      refused(`${base}/webhooks/1/s3cr3t/messages/2`, 10_015, 'Unknown Webhook'),
      'Unknown Webhook (GET /webhooks/1/:token/messages/2, status 404, code 10015)',
    ],
    [
      'has the causes that say why',
      foreign(
        new TypeError('fetch failed', {
          cause: foreign(Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })),
        }),
      ),
      'TypeError: fetch failed: connect refused (code ECONNREFUSED)',
    ],
    [
      'has the reasons of its parts where it has none itself',
      foreign(
        Object.assign(new AggregateError([new Error('connect ::1'), new Error('connect 127.0.0.1')]), { code: 'X' }),
      ),
      'connect ::1; connect 127.0.0.1 (code X)',
    ],
    ['of this project has its code', foreign(new SeenConfigError('path is empty')), 'path is empty (code SEEN_CONFIG)'],
    [
      'of the store has what the driver says',
      foreign(
        new SeenStoreError('commit', 'the disk is full', {
          cause: foreign(Object.assign(new Error('disk I/O'), { code: 'SQLITE_FULL' })),
        }),
      ),
      'the disk is full (code SEEN_STORE): disk I/O (code SQLITE_FULL)',
    ],
    [
      'of another service keeps its address, without secrets',
      foreign(
        Object.assign(new Error('no'), { method: 'GET', url: 'https://me:pw@api.news.example/items?key=s3cr3t' }),
      ),
      'no (GET https://api.news.example/items?key=…)',
    ],
    [
      'of another service keeps its host and version, and its code',
      foreign(
        Object.assign(new Error('no'), {
          method: 'GET',
          url: new URL('https://api.example.org/v1/feed?api_key=s3cr3t&s3cr3t#s3cr3t'),
          status: 429,
          code: 'ERR_BAD_REQUEST',
        }),
      ),
      'no (GET https://api.example.org/v1/feed?api_key=…&…, status 429, code ERR_BAD_REQUEST)',
    ],
    [
      "of another service's webhook does not give away its token",
      foreign(Object.assign(new Error('no'), { method: 'POST', url: 'https://x.example/v2/webhooks/1/s3cr3t?wait=1' })),
      'no (POST https://x.example/v2/webhooks/1/:token?wait=…)',
    ],
    [
      'of Discord behind a proxy has its request',
      refused('http://127.0.0.1:8080/discord/api/v10/channels/1'),
      'Unknown Channel (GET /channels/1, status 404, code 10003)',
    ],
    [
      'of Discord, made by another library, has its request',
      foreign(Object.assign(new Error('no'), { method: 'GET', url: `${base}/channels/1` })),
      'no (GET /channels/1)',
    ],
    ['that aborts has no number', foreign(new DOMException('stop', 'AbortError')), 'AbortError: stop'],
    ['may be without a message', foreign(new Error('')), 'an error without a message'],
    ['may have a cause that is none', foreign(new Error('no', { cause: 'quota' })), 'no: quota'],
  ])('%s', (_, error, expected) => {
    expect(errorText(error)).toBe(expected);
  });

  test('may have a cause that leads back to it', () => {
    const error = foreign(new Error('one'));
    error.cause = foreign(new Error('two', { cause: error }));
    expect(errorText(error)).toBe('one: two');
  });
});

class NewsFeed {
  key = (item: { title?: { text: string } }): string => item.title!.text;

  message(items: readonly { title?: { text: string } }[]): unknown {
    return items.map((item) => item.title!.text);
  }

  async enrich(): Promise<unknown> {
    await Promise.resolve();
    return new URL('no address');
  }
}

async function errorOf(run: () => unknown): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe("the place in the bot's own code", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'a function that is a field',
      () => new NewsFeed().key({}),
      /^TypeError: Cannot .+ at NewsFeed\.key \((.+):\d+:\d+\)$/,
    ],
    [
      'a callback in a method',
      () => new NewsFeed().message([{}]),
      /^TypeError: Cannot .+ at NewsFeed\.message \((.+):\d+:\d+\)$/,
    ],
    [
      "Node's code that a method called",
      () => new NewsFeed().enrich(),
      /^TypeError: Invalid URL .+ at NewsFeed\.enrich \((.+):\d+:\d+\)$/,
    ],
  ])('%s', async (_, run, expected) => {
    expect(expected.exec(errorText(await errorOf(run)))?.[1]).toBe(file);
  });

  const frame = (line: string): string => errorText(foreign(new Error('no'), [line]));

  test.each<[string, string, string]>([
    ['a file of CommonJS', 'News.key (/srv/bot/dist/news.js:4:5)', 'no at News.key (/srv/bot/dist/news.js:4:5)'],
    [
      'an ES module',
      'async News.enrich (file:///srv/my%20bot/news.js:4:5)',
      'no at News.enrich (/srv/my bot/news.js:4:5)',
    ],
    ['a path with brackets', 'News.key (/srv/bot (copy)/news.js:4:5)', 'no at News.key (/srv/bot (copy)/news.js:4:5)'],
    ['a place without a function', 'file:///srv/bot/main.js:4:5', 'no at /srv/bot/main.js:4:5'],
    ['a path of Windows', String.raw`News.key (C:\bot\news.js:4:5)`, String.raw`no at News.key (C:\bot\news.js:4:5)`],
    ['a package is not the bot', 'parse (/srv/bot/node_modules/rss/index.js:4:5)', 'no'],
    ['a package of pnpm is not the bot', 'parse (/srv/bot/node_modules/.pnp/rss@1/node_modules/rss/i.js:4:5)', 'no'],
    ['Node is not the bot', 'process (node:internal/process/task_queues:103:5)', 'no'],
    ['nothing is a place', 'Array.map (<anonymous>)', 'no'],
  ])('%s', (_, line, expected) => {
    expect(frame(line)).toBe(expected);
  });

  test('code that only started the feed is not to blame', () => {
    const own = `Poster.post (${process.cwd()}/src/feed/discord/poster.ts:1:1)`;
    const error = foreign(new Error('no'), [
      'request (/x/node_modules/rest/i.js:1:1)',
      own,
      'main (/srv/bot/main.js:1:1)',
    ]);
    expect(errorText(error)).toBe('no');
  });

  test.each<[string, (error: Error) => string]>([
    ['was put before', ({ message }) => `while reading the feed of the news: ${message}`],
    ['is one that the stack has elsewhere', () => 'NewsFeed.key'],
    ['was taken away', () => ''],
  ])('is still known when another message %s', async (_, change) => {
    const error = await errorOf(() => new NewsFeed().key({}));
    // The test runner makes the stack when it is first read, Node when the error is made.
    expect(error.stack).toContain('NewsFeed.key');
    error.message = change(error);
    expect(errorText(error)).toMatch(/ at NewsFeed\.key \(.+:\d+:\d+\)$/);
  });

  test('a message that looks like a place is none, nor is a stack that is no text', () => {
    expect(errorText(foreign(new Error('a\n    at evil (/etc/passwd:1:1)')))).not.toContain(
      ' at evil (/etc/passwd:1:1) at',
    );
    expect(errorText(Object.assign(new Error('no'), { stack: [] }))).toBe('no');
  });
});
