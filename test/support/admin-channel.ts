import { onTestFinished } from 'vitest';

import type { DeliveryOptions } from '../../src/feed/options.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, type Clock } from '../../src/store/index.ts';
import { ids } from '../../local/discord/index.ts';
import { DeliveryHarness, type HarnessOptions } from './delivery-harness.ts';

/** The default of `incidentAfterMs`. */
export const INCIDENT_AFTER_MS = 10 * 60_000;

const never = new AbortController().signal;
const noAnswer = new Error('no answer within 10 s');

/** A harness whose admins are told of incidents in `ids.general`, after a first cycle. */
export async function startWithAdmins({ delivery, ...options }: HarnessOptions = {}): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start({ ...options, delivery: { adminChannelId: ids.general, ...delivery } });
  await harness.deliver([]);
  return harness;
}

/** A second process on the same file, as far as the file and Discord can tell. */
export async function secondProcess(
  { path, clock: harnessClock, logger, feed, rest }: DeliveryHarness,
  clock: Clock = harnessClock,
  delivery: DeliveryOptions = {},
) {
  const store = await openSeenStore({ path, clock, logger });
  onTestFinished(() => store.close());
  const options = { adminChannelId: ids.general, firstRun: 'post', ...delivery } as const;
  return new Delivery({ feed, store, rest, clock, logger, options });
}

/** Everything that admins were told, oldest first. */
export function told(harness: DeliveryHarness): string[] {
  return harness.texts(ids.general);
}

/** Lets a poll of the source fail. */
export function failSource(harness: DeliveryHarness, error: unknown = noAnswer, signal: AbortSignal = never) {
  return harness.delivery.run({ items: [], complete: false, error }, signal);
}

/** Lets the source fail for as long, a poll a minute. The last poll fails when that time is over. */
export async function failSourceFor(harness: DeliveryHarness, ms: number, error?: unknown): Promise<void> {
  await failSource(harness, error);
  for (let minute = 0; minute < ms / 60_000; minute += 1) {
    await harness.clock.advance(60_000);
    await failSource(harness, error);
  }
}
