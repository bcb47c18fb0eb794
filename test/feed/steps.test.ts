import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';

const both = { channels: [ids.announcements, ids.general] };

/** The steps of the items that are published until the test ends, as "step id". */
function stepsOf(harness: DeliveryHarness): string[] {
  const steps: string[] = [];
  harness.watchSteps(({ step, id }) => void steps.push(`${step} ${id}`));
  return steps;
}

describe('the steps of an item', () => {
  test('an item that is posted is claimed, enriched, posted in each channel and settled', async () => {
    const harness = await DeliveryHarness.start();
    const steps = stepsOf(harness);
    await harness.deliver(notes(1, 'n', both));
    expect(steps).toEqual(['claimed n1', 'enriched n1', 'posted n1', 'posted n1', 'settled n1']);
  });

  test('each step is published before the next one begins', async () => {
    const harness = await DeliveryHarness.start();
    const requests: (readonly [string, number])[] = [];
    harness.watchSteps(({ step }) => void requests.push([step, harness.discord.requests.length]));
    await harness.deliver(notes(1, 'n', both));
    expect(requests).toEqual([
      ['claimed', 0],
      ['enriched', 0],
      ['posted', 1],
      ['posted', 2],
      ['settled', 2],
    ]);
  });

  test('an attempt that fails is settled and retried, and the last one is settled and failed', async () => {
    class DeadFeed extends NoteFeed {
      override message(): never {
        throw new Error('no template');
      }
    }
    const harness = await DeliveryHarness.start({ feed: new DeadFeed(), delivery: { maxAttempts: 2 } });
    const steps = stepsOf(harness);
    await harness.deliver(notes(1));
    await harness.clock.advance(60_000);
    await harness.deliver([]);
    expect(steps).toEqual([
      'claimed n1',
      'enriched n1',
      'settled n1',
      'retried n1',
      'claimed n1',
      'settled n1',
      'failed n1',
    ]);
  });

  test('an item whose enrichment fails is posted and settled, and not enriched', async () => {
    class PlainFeed extends NoteFeed {
      override async summarize(): Promise<never> {
        throw new Error('overloaded');
      }
    }
    const harness = await DeliveryHarness.start({ feed: new PlainFeed() });
    const steps = stepsOf(harness);
    await harness.deliver(notes(1));
    expect(steps).toEqual(['claimed n1', 'posted n1', 'settled n1']);
  });

  test('an attempt with a stored enrichment is not enriched, and one whose post failed is not posted', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: false }, createsMessage(ids.announcements));
    const steps = stepsOf(harness);
    await harness.deliver(notes(1));
    await harness.clock.advance(60_000);
    await harness.deliver([]);
    const [first, second] = [steps.slice(0, 4), steps.slice(4)];
    expect(first).toEqual(['claimed n1', 'enriched n1', 'settled n1', 'retried n1']);
    expect(second).toEqual(['claimed n1', 'posted n1', 'settled n1']);
  });

  test('an item that is given back uncounted is settled, and neither retried nor failed', async () => {
    const harness = await DeliveryHarness.start();
    const steps = stepsOf(harness);
    await harness.deliver(notes(2), { signal: AbortSignal.abort() });
    expect(steps).toEqual(['claimed n1', 'claimed n2', 'settled n1', 'settled n2']);
  });
});
