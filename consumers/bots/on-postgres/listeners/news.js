import { FeedListener } from 'sapphire-plugin-seen';

export class NewsListener extends FeedListener {
  constructor(context, options) {
    super(context, { ...options, firstRun: 'post' });
  }

  key = (item) => item.guid;
  channels = () => [process.env.CHANNEL_ID];
  message = (item) => ({ embeds: [{ title: item.title, url: item.link }] });
}
