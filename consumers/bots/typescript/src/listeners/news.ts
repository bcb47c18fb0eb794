import { ApplyOptions } from '@sapphire/decorators';
import { FeedListener, type FeedListenerOptions } from 'sapphire-plugin-seen';

interface News {
  readonly guid: string;
  readonly title: string;
  readonly link: string;
}

@ApplyOptions<FeedListenerOptions>({ event: 'news', firstRun: 'post' })
export class NewsListener extends FeedListener<News> {
  key = (item: News) => item.guid;
  channels = () => [process.env['CHANNEL_ID']!];
  message = (item: News) => ({ embeds: [{ title: item.title, url: item.link }] });
}
