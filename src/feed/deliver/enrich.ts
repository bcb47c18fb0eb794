import { reasonOf } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import { describeError } from '../incidents/clean-reason.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { CycleTally } from './tally.ts';

interface EnrichContext<Item, Enrichment> extends Pick<
  ResolvedContext<Item, Enrichment>,
  'feed' | 'clock' | 'incidents'
> {
  readonly tally: CycleTally;
}

/** An enrichment, or the reason why there is none. */
export type Enriched<Enrichment> = { readonly enrichment: Enrichment } | { readonly error: string };

/**
 * The enrichment that an earlier attempt saved, or else a new one, which is saved before it is used. A feed without
 * enrichment has none.
 */
export async function enrich<Item, Enrichment>(
  context: EnrichContext<Item, Enrichment>,
  item: Item,
  progress: ItemProgress,
  signal: AbortSignal,
): Promise<Enriched<Enrichment>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
  if (progress.enrichment !== undefined) return { enrichment: progress.enrichment as Enrichment };
  const { feed, tally } = context;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- such a feed's messages are made without any
  if (feed.enrich === undefined) return { enrichment: undefined as Enrichment };
  const enriched = await enrichAnew(context, item, signal);
  if ('error' in enriched) return enriched;
  // JSON has no `undefined`, and as `null` a later attempt would make another message of it.
  if (enriched.enrichment !== undefined) await progress.saveEnrichment(enriched.enrichment);
  tally.add('enriched');
  telemetry.item.publish({ feed: feed.name, id: progress.key, step: 'enriched' });
  return enriched;
}

async function enrichAnew<Item, Enrichment>(
  { feed, clock, incidents }: EnrichContext<Item, Enrichment>,
  item: Item,
  signal: AbortSignal,
): Promise<Enriched<Enrichment>> {
  const startedAt = clock.now();
  const publish = (ok: boolean): void => {
    telemetry.enrichment.publish({ feed: feed.name, durationMs: clock.now() - startedAt, ok });
  };
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller made sure that the feed enriches
    const enrichment = (await feed.enrich?.(item, signal)) as Enrichment;
    publish(true);
    incidents.working({ kind: 'model', feed: feed.name });
    return { enrichment };
  } catch (error) {
    publish(false);
    // An enrichment that the stop of the bot ended says nothing about the model.
    if (!signal.aborted) incidents.failing({ kind: 'model', feed: feed.name }, describeError(error));
    return { error: reasonOf(error) };
  }
}
