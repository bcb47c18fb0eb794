import { expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note } from '../support/notes.ts';

/** A feed whose messages show what enrichment they were given. */
function plainFeed(enrich: (() => Promise<unknown>) | undefined): NoteFeed {
  const message = ({ id }: Note, enrichment?: unknown) => ({ content: `${id}: ${String(enrichment)}` });
  return Object.assign(new NoteFeed(), { enrich, message });
}

test.for([
  ['a feed without enrich()', undefined, 0],
  ['a feed whose enrich() returns nothing', async () => undefined, 1],
] as const)('%s posts its items, at the second attempt as at the first', async ([, enrich, enriched]) => {
  const harness = await DeliveryHarness.start({ feed: plainFeed(enrich) });
  harness.discord.faults = failNext(4, { kind: 'status', status: 503 }, createsMessage(ids.announcements));
  expect(await harness.deliver(notes(1))).toMatchObject({ posted: 0 });
  await harness.clock.advance(60_000);
  await harness.restart();
  expect(await harness.deliver(notes(2))).toMatchObject({ posted: 2, failed: 0, enriched });
  expect(harness.texts().toSorted()).toEqual(['n1: undefined', 'n2: undefined']);
  expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
});

test('an enrichment of null is one, and paid for once', async () => {
  let paid = 0;
  const harness = await DeliveryHarness.start({ feed: plainFeed(async () => ((paid += 1), null)) });
  harness.discord.faults = failNext(4, { kind: 'status', status: 503 }, createsMessage(ids.announcements));
  await harness.deliver(notes(1));
  await harness.clock.advance(60_000);
  await harness.deliver(notes(1));
  expect([harness.texts(), paid]).toEqual([['n1: null'], 1]);
});

test('the start of a cycle announces no enrichment of a feed without', async () => {
  const harness = await DeliveryHarness.start({ feed: plainFeed(undefined) });
  await harness.deliver(notes(3));
  expect(harness.logger.of('feed_cycle_started')).toMatchObject([{ fields: { total: 3, to_enrich: 0 } }]);
});
