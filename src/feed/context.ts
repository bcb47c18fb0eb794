import type { Client, REST } from 'discord.js';

import type { Clock } from '../store/clock.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import type { SeenLogger } from '../store/logger.ts';
import type { Feed } from './feed.ts';
import type { IncidentSignals } from './incident-signals.ts';
import type { DeliveryOptions, ResolvedDeliveryOptions } from './options.ts';

/** Everything that a delivery works with. */
export interface DeliveryContext<Item, Enrichment> {
  readonly feed: Feed<Item, Enrichment>;
  readonly store: SeenStore;
  /** The REST client of the bot, with its token. */
  readonly rest: REST;
  /**
   * The bot's client, where there is one. Its `allowedMentions` hold for the posts of the feed, unless the feed says
   * otherwise. With the intent `GuildMessages` its gateway tells of posts whose answer was lost. A `FeedListener` sets
   * it.
   */
  readonly client?: Client | undefined;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  /** Default: {@link defaultDeliveryOptions}. */
  readonly options?: DeliveryOptions | undefined;
}

/** The context as the steps of a delivery get it, with complete options. */
export interface ResolvedContext<Item, Enrichment = unknown> extends DeliveryContext<Item, Enrichment> {
  readonly options: ResolvedDeliveryOptions;
  readonly incidents: IncidentSignals;
}
