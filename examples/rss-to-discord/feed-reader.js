import { createHash } from 'node:crypto';
import { parseFeed } from '@rowanmanning/feed-parser';

const hash = (text) => createHash('sha256').update(text).digest('hex');
const storable = (id) => (id.length > 512 ? hash(id) : id);
const cut = (text, length) => text.slice(0, length).toWellFormed();

/** Names a feed by host and path. Everybody sees the names, and a query may hold a token: only its hash is shown. */
export function feedName(url) {
  const { host, pathname, search } = new URL(url);
  return host + pathname + (search && `?${hash(search).slice(0, 8)}`);
}

/** Makes a function that reads a feed. The server need not send again what has not changed. */
export function feedReader(url, warn) {
  const headers = new Headers({ 'user-agent': 'rss-to-discord' });
  let items = [];
  return async () => {
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
      if (response.status === 304) return { items, complete: true };
      if (!response.ok) throw new Error(`The feed answered ${response.status} ${response.statusText}`);
      items = itemsOf(await textOf(response), url);
      const { etag, 'last-modified': modified } = Object.fromEntries(response.headers);
      if (etag) headers.set('if-none-match', etag);
      if (modified) headers.set('if-modified-since', modified);
      return { items, complete: true };
    } catch (error) {
      warn(error);
      return { items: [], complete: false, error };
    }
  };
}

/** Decodes the answer by the encoding that the server names, else the XML declaration, else as UTF-8. */
async function textOf(response) {
  const bytes = await response.arrayBuffer();
  const said = response.headers.get('content-type') + new TextDecoder('latin1').decode(bytes.slice(0, 200));
  return new TextDecoder(/(?:charset|encoding)=["']?([\w-]+)/i.exec(said)?.[1]).decode(bytes);
}

/** Returns the items, oldest first, as the store takes their ids and Discord their texts, which escaping may double. */
function itemsOf(text, url) {
  if (!/<\/([\w-]+:)?(rss|feed|rdf)\s*>/i.test(text)) throw new Error('The answer is not a whole RSS or Atom feed');
  const feed = parseFeed(text);
  return feed.items.toReversed().map(({ id, url: link, title, published, updated }) => ({
    id: storable(id ?? link ?? title ?? ''),
    title: cut(title ?? link ?? 'Untitled', 128),
    link: /^https?:.{1,2000}$/.test(link) ? link : undefined,
    published: (published ?? updated)?.toISOString(),
    source: cut(feed.title ?? new URL(url).host, 256),
  }));
}
