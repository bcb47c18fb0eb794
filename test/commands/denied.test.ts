import { AllFlowsPrecondition, container, Events, LogLevel } from '@sapphire/framework';
import { MessageFlags } from 'discord.js';
import { beforeEach, describe, expect, onTestFinished, test, vi, type MockInstance } from 'vitest';

import { CommandDenied } from '../../src/commands/listeners/denied.ts';
import { systemClock } from '../../src/store/clock.ts';
import { privateAnswer, startSeenBot } from './seen-bot.ts';

const GRACE_MS = 1_000;

/** Ends the time that a listener of the bot's own has to reply first. */
let endGrace: () => void;
let sleep: MockInstance<typeof systemClock.sleep>;

beforeEach(() => {
  const original = systemClock.sleep;
  const grace = Promise.withResolvers<void>();
  endGrace = grace.resolve;
  sleep = vi.spyOn(systemClock, 'sleep');
  sleep.mockImplementation((ms, ...rest) => (ms === GRACE_MS ? grace.promise : original(ms, ...rest)));
  onTestFinished(() => sleep.mockRestore());
});

/** Adds a precondition of the bot's own, for all of its commands. */
async function denyEverything(message: string): Promise<void> {
  class Never extends AllFlowsPrecondition {
    constructor(context: AllFlowsPrecondition.LoaderContext, options: AllFlowsPrecondition.Options) {
      super(context, { ...options, position: 20 });
    }
    deny = () => this.error({ message });
    override messageRun = this.deny;
    override chatInputRun = this.deny;
    override contextMenuRun = this.deny;
  }
  await container.stores.loadPiece({ store: 'preconditions', name: 'Never', piece: Never });
}

describe('a user whom a precondition of the bot’s own denies /seen', () => {
  test.for([
    ['Not on Sundays.', 'Not on Sundays.'],
    ['', 'You may not use this command here.'],
  ] as const)('is told at once, if the reason is “%s”', async ([reason, said]) => {
    const bot = await startSeenBot();
    await denyEverything(reason);
    expect(await privateAnswer(await bot.seen('stats'))).toBe(said);
    expect(sleep).not.toHaveBeenCalledWith(GRACE_MS);
  });

  test('is told by the bot’s own listener only, when it replies', async () => {
    const runs = vi.spyOn(CommandDenied.prototype, 'run');
    onTestFinished(() => runs.mockRestore());
    const bot = await startSeenBot();
    const replies: Promise<unknown>[] = [];
    bot.client.on(Events.ChatInputCommandDenied, ({ message }, { interaction }) => {
      replies.push(interaction.reply({ content: `Mine: ${message}`, flags: MessageFlags.Ephemeral }));
    });
    await denyEverything('no');
    const result = await bot.seen('stats');
    expect(await privateAnswer(result)).toBe('Mine: no');
    await Promise.all(replies);
    endGrace();
    await Promise.all(runs.mock.results.map(({ value }) => value));
    expect(runs).toHaveBeenCalledOnce();
    expect(result.followUps).toEqual([]);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });

  test('is told all the same, when the bot’s own listener only logs', async () => {
    const bot = await startSeenBot();
    const denied: unknown[] = [];
    bot.client.on(Events.ChatInputCommandDenied, (error) => {
      denied.push(error);
      endGrace();
    });
    await denyEverything('no');
    const result = await bot.seen('stats');
    expect(await privateAnswer(result)).toBe('no');
    expect([denied.length, result.followUps]).toEqual([1, []]);
  });
});
