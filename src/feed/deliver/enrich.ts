import { reasonOf } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { CycleTally } from './tally.ts';

interface EnrichContext<Item, Enrichment> extends Pick<ResolvedContext<Item, Enrichment>, 'feed' | 'clock'> {
  readonly tally: CycleTally;
}

/** An enrichment, or the reason why there is none. */
export type Enriched<Enrichment> = { readonly enrichment: Enrichment } | { readonly error: string };

/** The enrichment that an earlier attempt saved, or else a new one, which is saved before it is used. */
export async function enrich<Item, Enrichment>(
  context: EnrichContext<Item, Enrichment>,
  item: Item,
  progress: ItemProgress,
  signal: AbortSignal,
): Promise<Enriched<Enrichment>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
  if (progress.enrichment !== undefined) return { enrichment: progress.enrichment as Enrichment };
  const { feed, tally } = context;
  const enriched = await enrichAnew(context, item, signal);
  if ('error' in enriched) return enriched;
  await progress.saveEnrichment(enriched.enrichment);
  tally.add('enriched');
  telemetry.item.publish({ feed: feed.name, id: progress.id, step: 'enriched' });
  return enriched;
}

async function enrichAnew<Item, Enrichment>(
  { feed, clock }: EnrichContext<Item, Enrichment>,
  item: Item,
  signal: AbortSignal,
): Promise<Enriched<Enrichment>> {
  const startedAt = clock.now();
  const publish = (ok: boolean): void => {
    telemetry.enrichment.publish({ feed: feed.name, durationMs: clock.now() - startedAt, ok });
  };
  try {
    const enrichment = await feed.enrich(item, signal);
    publish(true);
    return { enrichment };
  } catch (error) {
    publish(false);
    return { error: reasonOf(error) };
  }
}
