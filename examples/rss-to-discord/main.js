import 'sapphire-plugin-seen/register';
import { SapphireClient } from '@sapphire/framework';
import { checkChannel, poll, stopBot } from 'sapphire-plugin-seen';
import { feedName, feedReader } from './feed-reader.js';
import { RssListener } from './rss-listener.js';

const { DISCORD_TOKEN, DISCORD_CHANNEL_ID, FEEDS, POLL_SECONDS } = process.env;
if (!DISCORD_TOKEN || !DISCORD_CHANNEL_ID || !FEEDS?.trim())
  throw new Error('Set DISCORD_TOKEN, DISCORD_CHANNEL_ID and FEEDS in the file .env, as in .env.example.');
const urls = FEEDS.trim().split(/\s+/);
const feeds = new Map(urls.map((url) => [feedName(url), url]));
const everyMs = Number(POLL_SECONDS || 300) * 1000;
if (!(everyMs >= 1000 && everyMs <= 86_400_000))
  throw new Error(`POLL_SECONDS must be a number from 1 to 86400, but is "${POLL_SECONDS}".`);

const client = new SapphireClient({ intents: ['Guilds', 'GuildMessages'] });
process.once('SIGTERM', () => stopBot(client).finally(() => process.exit()));
process.once('SIGINT', () => stopBot(client).finally(() => process.exit()));

// Each feed has a listener of its own: one that is added later has a first run of its own.
for (const name of feeds.keys()) await client.stores.loadPiece({ name, piece: RssListener, store: 'listeners' });
await client.login(DISCORD_TOKEN);
const problems = await checkChannel(client.rest, DISCORD_CHANNEL_ID).catch((error) => [error]);
for (const problem of problems) client.logger.error(problem);
for (const [feed, url] of feeds) {
  const read = feedReader(url, (error) => client.logger.warn(`${feed} could not be read:`, error));
  void poll(async () => client.emit(feed, await read()), { feed, everyMs });
}
