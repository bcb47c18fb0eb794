// A news bot for bundlers: it loads its listener itself, because a bundle has no folder `listeners`.
import 'sapphire-plugin-seen/register';
import { container, SapphireClient, type Listener } from '@sapphire/framework';
import { FeedListener, stopBot } from 'sapphire-plugin-seen';

interface News {
  readonly guid: string;
  readonly title: string;
  readonly link: string;
}

class NewsListener extends FeedListener<News> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: 'news', firstRun: 'post' });
  }

  key = (item: News) => item.guid;
  channels = () => [process.env['CHANNEL_ID']!];
  message = (item: News) => ({ embeds: [{ title: item.title, url: item.link }] });
}

const client = new SapphireClient({
  intents: ['Guilds', 'GuildMessages'],
  baseUserDirectory: null,
  seen: { path: 'data/seen_ids.sqlite', ttlDays: 7 },
  rest: { api: process.env['DISCORD_API']! },
});
process.once('SIGTERM', () => void stopBot(client).finally(() => process.exit()));
client.on('seenCycle', ({ feed, posted }) => console.log(`${feed}: posted ${posted}`));
client.on('applicationCommandRegistriesRegistered', () => console.log('commands registered'));

async function main(): Promise<void> {
  await container.stores.loadPiece({ name: 'news', piece: NewsListener, store: 'listeners' });
  await client.login(process.env['DISCORD_TOKEN']);
  const response = await fetch(process.env['NEWS_URL']!);
  client.emit('news', { items: await response.json(), complete: true });
}

void main();
