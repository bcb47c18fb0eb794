import './plugins/augment.ts';

export { requireSeenStore } from './container/require-seen-store.ts';
export { escapeMarkup } from './commands/escape-markup.ts';
export type { SeenCommandOptions } from './commands/command-option.ts';
export { SeenCommand } from './commands/seen.ts';
export * from './store/index.ts';
export type { DeliveryContext } from './feed/context.ts';
export { checkChannel, type ChannelCheckOptions } from './feed/discord/channels/check-channel.ts';
export { messageNonce } from './feed/discord/message/nonce.ts';
export {
  FeedChannelError,
  FeedEnrichmentError,
  FeedUnauthorizedError,
  type FeedEnrichmentErrorOptions,
} from './feed/errors.ts';
export type { CycleStart, EnrichmentMeter, Feed, FeedBatch, ForumThread, Identity, MessageBody } from './feed/feed.ts';
export { FeedListener, type FeedListenerOptions } from './feed/feed-listener.ts';
export { defaultDeliveryOptions, type DeliveryOptions, type FirstRun, type OnStoreError } from './feed/options.ts';
export { Delivery } from './feed/pipeline.ts';
export { pluginLogger } from './log/plugin-logger.ts';
export { textLogger, type TextTarget } from './log/text-logger.ts';
export { lead, type LeadOptions, type LeadersWork } from './feed/lead/lead.ts';
export { poll, type PollOptions } from './feed/poll.ts';
export type { InvalidItem } from './feed/intake/identify.ts';
export { prefilter, type Prefiltered } from './feed/intake/prefilter.ts';
export type { MetricsOptions } from './plugins/metrics/options.ts';
export type { SeenAdmins, SeenPluginOptions } from './plugins/options.ts';
export { SeenPlugin } from './plugins/seen-plugin.ts';
export { stopBot } from './plugins/stop-bot.ts';
