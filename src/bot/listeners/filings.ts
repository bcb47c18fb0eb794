import type { Listener } from '@sapphire/framework';
import { container } from '@sapphire/framework';
import { FeedListener, type CycleStart, type ForumThread, type MessageBody } from 'sapphire-plugin-seen';
import { filingAliases, filingKey, type Filing } from 'sapphire-plugin-seen/edgar';
import type { SeenLogger } from 'sapphire-plugin-seen/store';

import type { Summary } from '../enrich/summary.ts';
import { FILINGS } from '../filings-feed.ts';
import { filingPost, filingTitle } from '../post/filing-post.ts';
import { reviveFiling } from '../filing/revive.ts';

/** Posts each filing once into the configured channel, with a summary. */
export class FilingsListener extends FeedListener<Filing, Summary> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    const { seen, maxConcurrent, discord } = container.env;
    const { firstRun, onStoreError, enabled, adminChannelId } = seen;
    super(context, {
      ...options,
      name: FILINGS,
      enabled,
      firstRun,
      onStoreError,
      maxConcurrent,
      adminChannelId,
      pingRoleId: discord.pingRoleId,
      publish: discord.publish,
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

  /** Filings are posted in a forum only where the channel was configured to be one. */
  override thread(filing: Filing): ForumThread | undefined {
    return this.container.env.discord.forum ? { name: filingTitle(filing) } : undefined;
  }

  override revive(payload: unknown): Filing {
    return reviveFiling(payload);
  }

  /** Logs the line that operators know from the earlier bot, with the numbers in its text as well. */
  override logStart({ total, skipped, toEnrich, maxConcurrent }: CycleStart, logger: SeenLogger): void {
    const fields = {
      total_filings: total,
      skipped_seen: skipped,
      to_enrich: toEnrich,
      max_concurrent: maxConcurrent,
    };
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    logger.info(`sec_llm_batch_start ${text.join(' ')}`, fields);
  }
}
