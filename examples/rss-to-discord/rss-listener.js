import { escapeMarkup, FeedListener } from 'sapphire-plugin-seen';

/** Posts every item of one feed once. */
export class RssListener extends FeedListener {
  key = (item) => item.id;
  channels = () => [process.env.DISCORD_CHANNEL_ID];
  message = ({ title, link, published, source }) => ({
    embeds: [{ author: { name: source }, title: escapeMarkup(title), url: link, timestamp: published }],
  });
}
