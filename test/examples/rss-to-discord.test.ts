import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

import type { FeedBatch } from '../../src/feed/feed.ts';
import { runServer } from '../support/answering-server.ts';

interface Item {
  readonly id: string;
  readonly title: string;
  readonly link?: string;
  readonly published?: string;
  readonly source: string;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

type Reader = () => Promise<FeedBatch<Item>>;

/** The example is plain JavaScript, as a stranger copies it. */
const { feedName, feedReader } = (await import(pathToFileURL('examples/rss-to-discord/feed-reader.js').href)) as {
  feedName: (url: string) => string;
  feedReader: (url: string, warn: (error: unknown) => void) => Reader;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function readerOf(answer: Answer, warn: (error: unknown) => void = () => undefined): Promise<Reader> {
  const { url } = await runServer((_path, response, request) => void answer(request, response));
  return feedReader(`${url}/feed.xml`, warn);
}

/** Reads a feed that a server sends as this type. */
async function read(body: string | Buffer, type = 'application/xml'): Promise<FeedBatch<Item>> {
  const reader = await readerOf((_request, response) => response.setHeader('content-type', type).end(body));
  return reader();
}

const rss = (items: string): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>News &amp; more</title><link>https://news.example/</link>
  ${items}</channel></rss>`;

const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/"><title>Blog</title>
  <entry><id>urn:2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Second <em>post</em></div></title>
    <link rel="self" href="self.xml"/><link rel="alternate" href="two"/><updated>2026-11-26T10:00:00Z</updated></entry>
  <entry><id>urn:1</id><title>First</title><link href="https://blog.example/one"/>
    <published>2026-11-25T10:00:00Z</published><updated>2026-11-26T09:00:00Z</updated></entry></feed>`;

const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://wiki.example/"><title>Wiki</title></channel>
  <item rdf:about="https://wiki.example/a"><title>Page A</title><link>https://wiki.example/a</link>
  <dc:date>2026-11-26T10:00:00Z</dc:date></item></rdf:RDF>`;

test('RSS 2.0 gives its items oldest first, with their guids, links and times', async () => {
  const batch = await read(
    rss(`<item><title>Second</title><link>https://news.example/2?a=1&amp;b=2</link><guid isPermaLink="false">n2</guid>
        <pubDate>Thu, 26 Nov 2026 05:00:00 EST</pubDate></item>
      <item><title>First &lt;3 &#233;</title><link>/1</link><guid>n1</guid></item>`),
  );
  const source = 'News & more';
  expect(batch).toEqual({
    complete: true,
    items: [
      { id: 'n1', title: 'First <3 é', link: 'https://news.example/1', source },
      {
        id: 'n2',
        title: 'Second',
        link: 'https://news.example/2?a=1&b=2',
        published: '2026-11-26T10:00:00.000Z',
        source,
      },
    ],
  });
});

test('an Atom feed and an RDF feed give the same kind of items', async () => {
  expect((await read(atom)).items).toEqual([
    {
      id: 'urn:1',
      title: 'First',
      link: 'https://blog.example/one',
      published: '2026-11-25T10:00:00.000Z',
      source: 'Blog',
    },
    {
      id: 'urn:2',
      title: 'Second post',
      link: 'https://blog.example/two',
      published: '2026-11-26T10:00:00.000Z',
      source: 'Blog',
    },
  ]);
  const page = 'https://wiki.example/a';
  expect((await read(rdf)).items).toEqual([
    { id: page, title: 'Page A', link: page, published: '2026-11-26T10:00:00.000Z', source: 'Wiki' },
  ]);
});

test.for([
  ['the guid', '<guid>n1</guid><link>https://news.example/1</link><title>One</title>', 'n1'],
  ['the link, without a guid', '<link>https://news.example/1</link><title>One</title>', 'https://news.example/1'],
  ['the title, with neither', '<title>One</title>', 'One'],
] as const)('an item is known by %s', async ([, item, id]) => {
  expect((await read(rss(`<item>${item}</item>`))).items).toMatchObject([{ id }]);
});

test('ids and titles that are too long are shortened, different ids to different ones', async () => {
  const long = 'x'.repeat(600);
  const { items } = await read(
    rss(['a', 'b'].map((end) => `<item><guid>${long}${end}</guid><title>${long}</title></item>`).join('')),
  );
  expect(new Set(items.map(({ id }) => id)).size).toBe(2);
  expect(items.every(({ id, title }) => id.length <= 512 && title.length <= 128)).toBe(true);
});

test('a link that Discord does not take is left out', async () => {
  const { items } = await read(rss('<item><guid>n1</guid><link>javascript:alert(1)</link></item>'));
  expect(items[0]?.link).toBeUndefined();
});

test.for([
  ['the server names', '<?xml version="1.0"?>', 'text/xml; charset=ISO-8859-1'],
  ['the XML declaration names', '<?xml version="1.0" encoding="ISO-8859-1"?>', 'text/xml'],
] as const)('bytes are decoded by the encoding that %s', async ([, declaration, type]) => {
  const text = `${declaration}<rss version="2.0"><channel><title>Café</title><item><title>Straße</title></item></channel></rss>`;
  expect((await read(Buffer.from(text, 'latin1'), type)).items).toMatchObject([{ title: 'Straße', source: 'Café' }]);
});

test('what has not changed is not sent again, and counts as listed', async () => {
  const asked: unknown[] = [];
  const reader = await readerOf(({ headers }, response) => {
    asked.push([headers['if-none-match'], headers['if-modified-since']]);
    if (asked.length === 2) return response.writeHead(304).end();
    const validators = { etag: '"v1"', 'last-modified': 'Thu, 26 Nov 2026 10:00:00 GMT' };
    return response.writeHead(200, validators).end(rss('<item><guid>n1</guid></item>'));
  });
  const first = await reader();
  expect(await reader()).toEqual(first);
  expect(asked).toEqual([
    [undefined, undefined],
    ['"v1"', 'Thu, 26 Nov 2026 10:00:00 GMT'],
  ]);
});

test.for([
  [
    'a page of HTML',
    '<!doctype html><title>Sorry</title><p>Try later',
    200,
    'The answer is not a whole RSS or Atom feed',
  ],
  ['half a feed', rss('<item><guid>n1</guid></item>').slice(0, -20), 200, 'The answer is not a whole RSS or Atom feed'],
  ['an answer without content', '', 200, 'The answer is not a whole RSS or Atom feed'],
  ['an error of the server', 'no', 503, 'The feed answered 503 Service Unavailable'],
] as const)('%s is told as an error of the source', async ([, body, status, message]) => {
  const warned: unknown[] = [];
  const reader = await readerOf(
    (_request, response) => response.writeHead(status).end(body),
    (error) => warned.push(error),
  );
  expect(await reader()).toMatchObject({ items: [], complete: false, error: { message } });
  expect(warned).toMatchObject([{ message }]);
});

test.for([
  ['https://hnrss.org/frontpage', 'hnrss.org/frontpage'],
  ['http://127.0.0.1:8080/a/b.xml#top', '127.0.0.1:8080/a/b.xml'],
  ['https://me:secret@news.example/rss', 'news.example/rss'],
] as const)('the feed %s is shown to everybody as %s', ([url, name]) => {
  expect(feedName(url)).toBe(name);
});

test('feeds that differ only in their queries have different names, which show nothing of them', () => {
  const names = ['one', 'two'].map((token) => feedName(`https://github.com/me.private.atom?token=${token}`));
  expect(names).toEqual(Array(2).fill(expect.stringMatching(/^github\.com\/me\.private\.atom\?[0-9a-f]{8}$/)));
  expect(new Set(names).size).toBe(2);
});

test('the example depends on this version of the package', () => {
  const [own, example] = ['package.json', 'examples/rss-to-discord/package.json'].map(
    (path) => JSON.parse(readFileSync(path, 'utf8')) as Manifest,
  );
  expect(example?.dependencies['sapphire-plugin-seen']).toBe(`^${own?.version}`);
});
