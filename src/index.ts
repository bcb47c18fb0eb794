import './plugins/augment.ts';

export { escapeMarkup } from './commands/escape-markup.ts';
export { SeenCommand } from './commands/seen.ts';
export * from './store/index.ts';
export type { DeliveryContext } from './feed/context.ts';
export { messageNonce } from './feed/discord/nonce.ts';
export { FeedUnauthorizedError } from './feed/errors.ts';
export type { CycleStart, Feed, FeedBatch, Identity, MessageBody } from './feed/feed.ts';
export { FeedListener, type FeedListenerOptions } from './feed/feed-listener.ts';
export { defaultDeliveryOptions, type DeliveryOptions, type FirstRun, type OnStoreError } from './feed/options.ts';
export { Delivery } from './feed/pipeline.ts';
export { poll, type PollOptions } from './feed/poll.ts';
export type { InvalidItem } from './feed/intake/identify.ts';
export { prefilter, type Prefiltered } from './feed/intake/prefilter.ts';
export type { MetricsOptions } from './plugins/metrics/options.ts';
export type { SeenAdmins, SeenPluginOptions } from './plugins/options.ts';
export { SeenPlugin } from './plugins/seen-plugin.ts';
