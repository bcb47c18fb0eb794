import type { Listener } from '@sapphire/framework';
import { container } from '@sapphire/framework';
import { FeedListener, type MessageBody } from 'sapphire-plugin-seen';
import { filingAliases, filingKey, type Filing } from 'sapphire-plugin-seen/edgar';

import type { Summary } from '../enrich/summary.ts';
import { FILINGS } from '../filings-feed.ts';
import { filingPost } from '../post/filing-post.ts';
import { reviveFiling } from '../filing/revive.ts';

/** Posts each filing once into the configured channel, with a summary. */
export class FilingsListener extends FeedListener<Filing, Summary> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    const { seen, maxConcurrent } = container.env;
    const { firstRun, onStoreError, enabled, adminChannelId } = seen;
    super(context, {
      ...options,
      name: FILINGS,
      event: 'secFilings',
      enabled,
      firstRun,
      onStoreError,
      maxConcurrent,
      ...(adminChannelId === undefined ? {} : { adminChannelId }),
    });
  }

  override key(filing: Filing): string {
    return filingKey(filing);
  }

  /** The earlier bot marked filings under their Atom id or their link. */
  override aliases(filing: Filing): readonly string[] {
    return filingAliases(filing);
  }

  override channels(): readonly string[] {
    return [this.container.env.discord.channelId];
  }

  override enrich(filing: Filing, signal: AbortSignal): Promise<Summary> {
    return this.container.enrich(filing, signal);
  }

  override message(filing: Filing, summary: Summary): MessageBody {
    return filingPost(filing, summary);
  }

  override revive(payload: unknown): Filing {
    return reviveFiling(payload);
  }
}
