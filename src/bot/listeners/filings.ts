import type { Listener } from '@sapphire/framework';
import { container } from '@sapphire/framework';
import {
  FeedEnrichmentError,
  FeedListener,
  type CycleStart,
  type EnrichmentMeter,
  type ForumThread,
  type MessageBody,
} from 'sapphire-plugin-seen';
import { filingAliases, filingKey, type Filing } from 'sapphire-plugin-seen/edgar';
import type { SeenLogger } from 'sapphire-plugin-seen/store';

import { summariseFiling } from '../enrich/from-filing.ts';
import type { Summary } from '../enrich/summary.ts';
import { FILINGS } from '../filings-feed.ts';
import { filingPost, filingTitle } from '../post/filing-post.ts';
import { reviveFiling } from '../filing/revive.ts';

/** Posts each filing once into the configured channel, with a summary: that of the model, where one is configured. */
export class FilingsListener extends FeedListener<Filing, Summary> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    const { seen, maxConcurrent, enrichment, discord, llm } = container.env;
    const { firstRun, onStoreError, enabled, adminChannelId } = seen;
    super(context, {
      ...options,
      name: FILINGS,
      enabled,
      firstRun,
      onStoreError,
      maxConcurrent,
      // A summary that is made of the filing itself takes no time, and cannot fail.
      enrichWithinMs: llm === undefined ? Infinity : enrichment.withinMs,
      editLate: enrichment.editLate,
      enrichmentBudget: enrichment.dailyBudget,
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

  override categories(filing: Filing): readonly string[] {
    return filing.forms;
  }

  override publishedAt(filing: Filing): Date | null {
    return filing.acceptedAt;
  }

  override isWhole(filing: Filing): boolean {
    return !filing.partial;
  }

  override channels(): readonly string[] {
    return [this.container.env.discord.channelId];
  }

  override async enrich(filing: Filing, signal: AbortSignal, meter: EnrichmentMeter): Promise<Summary> {
    const { env, enrich } = this.container;
    const summary = await enrich(filing, signal, meter);
    if (env.llm !== undefined && summary.source === 'filing') throw new NoUsableAnswerError();
    return summary;
  }

  override message(filing: Filing, summary = summariseFiling(filing)): MessageBody {
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

/** Without the model's summary the post shows that of the filing anyway: there is nothing to store, nor to edit into it. */
class NoUsableAnswerError extends FeedEnrichmentError {
  constructor() {
    super('The model gave no usable answer: see llm_answer_unusable in the log for its reason.', { concerns: 'item' });
  }
}
