// A bot with mistakes, each of which a compiler must find: it does only when the types travel.
import 'sapphire-plugin-seen/register';
import { container, SapphireClient } from '@sapphire/framework';
import { FeedListener, requireSeenStore } from 'sapphire-plugin-seen';

const client = new SapphireClient({ intents: [], seen: { ttlDays: '3' } });
container.seen.filterUnseen(['a']);
requireSeenStore().filterUnseen('a');
client.on('seenCycle', ({ nothing }) => nothing);
export class Posts extends FeedListener<{ url: string }> {
  key = (item: { url: string }): string => item.url;
  channels = (): string[] => ['1'];
  message = () => ({ embeds: 'none' });
}
