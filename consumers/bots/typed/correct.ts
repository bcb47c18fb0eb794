// A bot as a stranger writes it, which every compiler must take.
import 'sapphire-plugin-seen/register';
import { ApplyOptions } from '@sapphire/decorators';
import { container, SapphireClient, type Listener } from '@sapphire/framework';
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder } from 'discord.js';
import {
  FeedListener,
  openSeenStore,
  prefilter,
  requireSeenStore,
  SeenCommand,
  stopBot,
  type EnrichmentMeter,
  type FeedListenerOptions,
  type ForumThread,
  type MessageBody,
  type SeenPluginOptions,
  type SeenStats,
} from 'sapphire-plugin-seen';
import { parsePage } from 'sapphire-plugin-seen/edgar';
import { SeenStoreOpenError, type SeenStore } from 'sapphire-plugin-seen/store';

const seen: SeenPluginOptions = { ttlDays: 3, admins: { userIds: ['1'] }, command: { name: 'news' }, enabled: true };
const client = new SapphireClient({ intents: ['Guilds', 'GuildMessages'], seen });
const remembered: SeenStore | undefined = container.seen;
const unseen: Promise<string[]> = requireSeenStore().filterUnseen(['a']);
const opened: Promise<SeenStore> = openSeenStore({ path: 'seen.sqlite' });
const rows: Promise<SeenStats['rows']> = requireSeenStore()
  .stats()
  .then((stats) => stats.rows);
client.on('seenCycle', (cycle) => {
  const feed: string = cycle.feed;
  const posted: number = cycle.posted;
  container.logger.info(feed, posted);
});
client.on('seenHalted', (feed, error) => {
  const name: string = feed;
  if (error instanceof SeenStoreOpenError) container.logger.error(name, error.code);
});
process.once('SIGTERM', () => void stopBot(client).finally(() => process.exit()));

interface Post {
  readonly url: string;
}

export class Posts extends FeedListener<Post, string> {
  public constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: 'debug', firstRun: 5, enrichmentBudget: { tokens: 500_000 } });
  }
  key = ({ url }: Post): string => url;
  channels = (): string[] => ['1'];
  override enrich = async ({ url }: Post, _signal: AbortSignal, meter: EnrichmentMeter): Promise<string> => {
    meter.add({ requests: 1 });
    return `See ${url}`;
  };
  message = ({ url }: Post, content?: string): MessageBody => {
    const button = new ButtonBuilder().setStyle(ButtonStyle.Link).setURL(url).setLabel('Read');
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
    return {
      embeds: [new EmbedBuilder().setTitle(content ?? 'News'), { title: url }],
      components: [row.toJSON(), { type: 1, components: [] }],
    };
  };
  thread = ({ url }: Post): ForumThread => ({ name: url });
}

@ApplyOptions<FeedListenerOptions>({ event: 'news', firstRun: 'post', leaseMs: 1000 })
export class News extends FeedListener<Post> {
  key = (item: Post) => item.url;
  channels = () => ['1'];
  message = (item: Post) => ({ embeds: [{ title: item.url, url: item.url }] });
}

export class OwnCommand extends SeenCommand {}

export async function look(posts: readonly Post[]): Promise<readonly Post[]> {
  return (await prefilter(requireSeenStore(), posts, { key: (post) => post.url })).unseen;
}

export { opened, parsePage, remembered, rows, unseen };
