import './plugins/augment.ts';

export { escapeMarkup } from './commands/escape-markup.ts';
export { SeenCommand } from './commands/seen.ts';
export * from './store/index.ts';
export { Delivery, type DeliveryContext } from './feed/delivery.ts';
export type { DeliveryStep } from './feed/deliver-item.ts';
export { messageNonce } from './feed/discord/nonce.ts';
export { FeedUnauthorizedError } from './feed/errors.ts';
export type { Feed, FeedBatch, MessageBody } from './feed/feed.ts';
export { FeedListener, type FeedListenerOptions } from './feed/feed-listener.ts';
export { defaultDeliveryOptions, type DeliveryOptions, type FirstRun, type OnStoreError } from './feed/options.ts';
export { prefilter, type Identity, type Prefiltered } from './feed/prefilter.ts';
export type { MetricsOptions } from './plugins/metrics/options.ts';
export type { SeenAdmins, SeenPluginOptions } from './plugins/options.ts';
export { SeenPlugin } from './plugins/seen-plugin.ts';
