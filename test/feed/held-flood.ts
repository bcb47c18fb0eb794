import { expect } from 'vitest';

import { parseHoldButton } from '../../src/commands/views/hold-question.ts';
import type { DeliveryOptions } from '../../src/feed/options.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import type { Clock } from '../../src/store/index.ts';
import { buttonsOf, ids, type Message } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';

const flood = { share: 0.5, minimum: 10 };
export const usual = notes(8, 'usual');
const sudden = notes(20, 'sudden');
export const listed = [...usual, ...sudden];
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const admin = ids.general;
export const posting = ids.announcements;

interface Start {
  readonly feed?: NoteFeed;
  readonly delivery?: DeliveryOptions;
}

/** A feed that is usually seen. */
export async function startUsual({ feed = new NoteFeed(), delivery = { adminChannelId: admin } }: Start = {}) {
  const harness = await DeliveryHarness.start({ feed, delivery: { flood, firstRun: 'mark', ...delivery } });
  for (let cycle = 0; cycle < 3; cycle += 1) await harness.deliver(usual);
  return harness;
}

/** The same, with a flood that is held and asked about. */
export async function startHeld(start?: Start): Promise<DeliveryHarness> {
  const harness = await startUsual(start);
  expect(await harness.deliver(listed)).toMatchObject({ held: 20 });
  return harness;
}

/** The time of a bot whose clock differs from Discord's by `ahead` milliseconds. */
export class SkewedClock implements Clock {
  ahead: number;
  harness: DeliveryHarness | undefined;

  constructor(ahead: number) {
    this.ahead = ahead;
  }

  now(): number {
    return (this.harness?.clock.now() ?? 0) + this.ahead;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.harness?.clock.sleep(ms, signal) ?? Promise.resolve();
  }
}

/** The same as `startUsual`, with a bot whose clock is wrong. */
export async function startSkewed(clock: SkewedClock): Promise<DeliveryHarness> {
  const options = { flood, firstRun: 'mark', adminChannelId: admin } as const;
  const harness = await DeliveryHarness.start({ delivery: options, store: { clock } });
  clock.harness = harness;
  const { feed, store, rest, logger } = harness;
  harness.delivery = new Delivery({ feed, store, rest, clock, logger, options });
  for (let cycle = 0; cycle < 3; cycle += 1) await harness.deliver(usual);
  return harness;
}

/** The messages in the channel that ask about a hold. */
export function questions({ discord }: DeliveryHarness, channelId: string = admin): readonly Message[] {
  return discord.messages(channelId).filter((message) => buttonsOf(message).length > 0);
}

/** The one question in the channel. */
export function expectQuestion(harness: DeliveryHarness, channelId: string = admin): Message {
  const [question, ...others] = questions(harness, channelId);
  expect(others).toEqual([]);
  if (question === undefined) throw new Error(`no question in ${channelId}`);
  return question;
}

/** Runs a cycle after so long. */
export async function deliverLater(harness: DeliveryHarness, ms: number, items = listed): Promise<void> {
  await harness.clock.advance(ms);
  await harness.deliver(items);
}

/** The name of the hold that the question is about. */
export const nameIn = (message: Message) => parseHoldButton(buttonsOf(message)[0]?.customId ?? '')?.name;
