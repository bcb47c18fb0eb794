import { AllFlowsPrecondition, container, Events, LogLevel } from '@sapphire/framework';
import { MessageFlags, type ChatInputCommandInteraction } from 'discord.js';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { systemClock } from '../../src/store/clock.ts';
import { failNext, ids, type Fault, type FaultPlan, type InteractionResult } from '../../local/discord/index.ts';
import { forgotten, old, press, question, startFilledBot } from './purge-bot.ts';
import { fail, noAnswer, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

type Requests = Parameters<typeof failNext>[2];

const firstAnswers: Requests = ({ path }) => path.endsWith('/callback');
const edits: Requests = ({ method, path }) => method === 'PATCH' && path.endsWith('/messages/@original');
const error = (status: number, code: number): Fault => ({
  kind: 'status',
  status,
  body: { code, message: `error ${code}` },
});
const unavailable: Fault = { kind: 'status', status: 503, body: '<html>Service Unavailable</html>' };
const isEnded = ({ content }: { readonly content: string }): boolean => /^[✅⏹]/u.test(content);

/** Resolves once it is true, on a busy machine too. */
const eventually = (isTrue: () => boolean): Promise<unknown> => vi.waitUntil(isTrue, { timeout: 15_000 });

const { sleep } = systemClock;

/** Pauses before something is tried again are over at once. */
beforeEach(() => {
  const sleeps = vi.spyOn(systemClock, 'sleep');
  sleeps.mockImplementation((ms, ...rest) => sleep(ms === 1_000 || ms === 5_000 ? 0 : ms, ...rest));
  onTestFinished(() => sleeps.mockRestore());
});

/** Expects that the user gets the statistics, once, and sees nothing "thinking". */
async function expectStatistics(result: InteractionResult): Promise<void> {
  const { embeds, flags } = await result.reply();
  expect(embeds).toMatchObject([{ title: 'Seen store' }]);
  expect(flags & MessageFlags.Loading).toBe(0);
  expect(result.ephemeral).toBe(true);
  expect(result.followUps).toEqual([]);
}

describe('a first answer to /seen whose request goes wrong', () => {
  test.for<[string, FaultPlan]>([
    ['is applied and answered with a 500', failNext(1, { kind: 'applied-then-500' }, firstAnswers)],
    ['is applied, and no repetition is answered either', failNext(4, { kind: 'applied-then-500' }, firstAnswers)],
    ['is applied before the connection breaks', failNext(1, { kind: 'disconnect', applied: true }, firstAnswers)],
    ['is refused by a server that fails, again and again', failNext(4, unavailable, firstAnswers)],
  ])('reaches the user: it %s', async ([, faults]) => {
    const bot = await startSeenBot();
    bot.discord.faults = faults;
    await expectStatistics(await bot.seen('stats'));
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });

  test('an answer that Discord cannot take for a while comes later, and keeps no process alive', async () => {
    const bot = await startSeenBot();
    bot.discord.faults = failNext(8, unavailable, edits);
    await expectStatistics(await bot.seen('stats'));
    const pauses = vi.mocked(systemClock.sleep).mock.calls.filter(([ms]) => ms === 1_000 || ms === 5_000);
    expect(pauses.map(([, , options]) => options)).toEqual([{ ref: false }, { ref: false }]);
  });

  test.for<[string, Fault, LogLevel, string]>([
    ['comes too late', error(404, 10_062), LogLevel.Warn, 'seen_interaction_expired'],
    [
      'was given by another instance of the bot',
      error(400, 40_060),
      LogLevel.Debug,
      'seen_interaction_answered_elsewhere',
    ],
  ])('does nothing when it %s', async ([, fault, level, event]) => {
    const bot = await startSeenBot(noAnswer);
    await fail(bot, 'a');
    bot.discord.faults = failNext(1, fault, firstAnswers);
    const asked = bot.seen('retry', { user: ids.homeAdmin, options: { item: 'a' } }).catch(() => undefined);
    await eventually(() => bot.logger.events(level).includes(event));
    expect(await bot.store.ledger.counts()).toMatchObject({ failed: 1 });
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
    await asked;
  });
});

describe('a listener of the bot’s own that answers first, without waiting for it', () => {
  test('an answer to the command: the statistics take its place', async () => {
    const bot = await startSeenBot();
    bot.client.prependListener(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) void interaction.deferReply({ flags: MessageFlags.Ephemeral });
    });
    await expectStatistics(await bot.seen('stats'));
  });

  test('an answer that Discord confirms late: nothing is left thinking', async () => {
    const bot = await startSeenBot();
    bot.client.prependListener(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const first = interaction.deferReply({ flags: MessageFlags.Ephemeral });
      const defer = interaction.deferReply.bind(interaction);
      const deferLater = async (): Promise<void> => {
        await first;
        interaction.deferred = false;
        await defer();
      };
      Object.assign(interaction, { deferReply: deferLater });
      vi.mocked(systemClock.sleep).mockImplementation(async (ms, ...rest) => {
        if (ms === 1_000) interaction.deferred = true;
        await sleep(ms === 1_000 ? 0 : ms, ...rest);
      });
    });
    await expectStatistics(await bot.seen('stats'));
  });

  test.for(['Forget', 'Keep'])('an answer to the button of a purge: what it says is done: %s', async (label) => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    bot.client.prependListener(Events.InteractionCreate, (interaction) => {
      if (interaction.isButton()) void interaction.deferUpdate();
    });
    const result = await press(bot, asked, label);
    const expected = label === 'Forget' ? '✅ Forgot 3 ids.' : 'Nothing was forgotten.';
    expect((await result.waitFor(({ content }) => content === expected)).content).toBe(expected);
    expect(await forgotten(bot)).toEqual(label === 'Forget' ? old : []);
  });

  test.for<[string, (interaction: ChatInputCommandInteraction) => Promise<unknown>]>([
    ['which it defers', (interaction) => interaction.deferReply({ flags: MessageFlags.Ephemeral })],
    ['to which it replies', (interaction) => interaction.reply('One moment.')],
  ])('an answer to a command that is denied, %s: the user is told why', async ([, answer]) => {
    const bot = await startSeenBot();
    class Never extends AllFlowsPrecondition {
      constructor(context: AllFlowsPrecondition.LoaderContext, options: AllFlowsPrecondition.Options) {
        super(context, { ...options, position: 20 });
      }
      override messageRun = () => this.ok();
      override contextMenuRun = () => this.ok();
      override chatInputRun = () => this.error({ message: 'Not on Sundays.' });
    }
    await container.stores.loadPiece({ store: 'preconditions', name: 'Never', piece: Never });
    bot.client.prependListener(Events.ChatInputCommandDenied, (_error, { interaction }) => void answer(interaction));
    const result = await bot.seen('stats');
    const told = (): string | undefined => (result.followUps[0] ?? result.message)?.content;
    await expect.poll(told).toBe('Not on Sundays.');
  });
});

describe('a precondition of the bot’s own that answers before /seen does', () => {
  type Answer = (interaction: ChatInputCommandInteraction) => Promise<unknown>;

  async function addPrecondition(answer: Answer, verdict: 'ok' | 'denied' = 'ok'): Promise<void> {
    class Early extends AllFlowsPrecondition {
      constructor(context: AllFlowsPrecondition.LoaderContext, options: AllFlowsPrecondition.Options) {
        super(context, { ...options, position: 20 });
      }
      override messageRun = () => this.ok();
      override contextMenuRun = () => this.ok();
      override chatInputRun = async (interaction: ChatInputCommandInteraction) => {
        await answer(interaction);
        return verdict === 'ok' ? this.ok() : this.error({ message: 'Not on Sundays.' });
      };
    }
    await container.stores.loadPiece({ store: 'preconditions', name: 'Early', piece: Early });
  }

  const privately: Answer = (interaction) => interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const publicly: Answer = (interaction) => interaction.deferReply();

  test('privately: the reply takes its place', async () => {
    const bot = await startSeenBot();
    await addPrecondition(privately);
    await expectStatistics(await bot.seen('stats'));
  });

  test('for everybody to see: the reply is private all the same, and nothing is left thinking', async () => {
    const bot = await startSeenBot();
    await addPrecondition(publicly);
    const result = await bot.seen('stats');
    await eventually(() => result.followUps.length > 0);
    expect(result.followUps).toMatchObject([{ embeds: [{ title: 'Seen store' }], flags: MessageFlags.Ephemeral }]);
    expect(result.message).toBeUndefined();
    expect(bot.discord.messages(ids.general)).toEqual([]);
  });

  test('with a reply of its own: the reply of /seen follows it', async () => {
    const bot = await startSeenBot();
    await addPrecondition((interaction) => interaction.reply('One moment.'));
    const result = await bot.seen('stats');
    await eventually(() => result.followUps.length > 0);
    expect(result.message?.content).toBe('One moment.');
    expect(result.followUps).toMatchObject([{ embeds: [{ title: 'Seen store' }], flags: MessageFlags.Ephemeral }]);
  });

  test.for([
    ['privately', privately],
    ['for everybody to see', publicly],
  ] as const)('and then denies it, deferred %s: the user is told why', async ([, answer]) => {
    const bot = await startSeenBot();
    await addPrecondition(answer, 'denied');
    const result = await bot.seen('stats');
    const told = (): string | undefined => (result.followUps[0] ?? result.message)?.content;
    await eventually(() => told() === 'Not on Sundays.');
    expect((result.message?.flags ?? 0) & MessageFlags.Loading).toBe(0);
  });

  test('an error between it and the subcommand is told', async () => {
    const bot = await startSeenBot();
    await addPrecondition(privately);
    bot.client.on(Events.ChatInputCommandRun, () => {
      throw new Error('a bug of the bot');
    });
    expect(await privateAnswer(await bot.seen('stats'))).toContain('Something went wrong');
  });
});

describe('a purge whose answers go wrong', () => {
  const purged = ({ logger }: SeenBot) =>
    logger.of('seen_purged').map(({ level, fields }) => [level, fields['deleted']]);

  async function expectPurged(bot: SeenBot): Promise<void> {
    await eventually(() => purged(bot).length > 0);
    expect(purged(bot)).toEqual([['info', old.length]]);
    expect(await forgotten(bot)).toEqual(old);
    expect(bot.logger.of('seen_purge_failed')).toEqual([]);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  }

  test('the token of which runs out: it is logged as done, with what could not be said', async () => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    bot.discord.faults = (request) => (edits(request) ? error(401, 50_027) : undefined);
    await press(bot, asked, 'Forget');
    await expectPurged(bot);
    await eventually(() => bot.logger.of('seen_reply_failed').length > 0);
    expect(bot.logger.of('seen_reply_failed')).toMatchObject([
      { level: 'warn', fields: { content: '✅ Forgot 3 ids.' } },
    ]);
  });

  test.for(['Forget', 'Keep'])(
    'the question of which is gone by then is answered in a new message: %s',
    async (label) => {
      const bot = await startFilledBot();
      const asked = await question(bot);
      bot.discord.faults = (request) => (edits(request) ? error(404, 10_008) : undefined);
      const result = await press(bot, asked, label);
      await eventually(() => result.followUps.length > 0);
      expect(result.followUps).toMatchObject([
        { content: label === 'Forget' ? '✅ Forgot 3 ids.' : 'Nothing was forgotten.', flags: MessageFlags.Ephemeral },
      ]);
      expect(bot.logger.events(LogLevel.Error)).toEqual([]);
    },
  );

  test.for<[string, FaultPlan]>([
    ['is applied and answered with a 500', failNext(1, { kind: 'applied-then-500' }, firstAnswers)],
    ['is applied before the connection breaks', failNext(1, { kind: 'disconnect', applied: true }, firstAnswers)],
  ])('the button of which %s: it is done once', async ([, faults]) => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    bot.discord.faults = faults;
    const result = await press(bot, asked, 'Forget');
    expect((await result.waitFor(isEnded)).content).toBe('✅ Forgot 3 ids.');
    await expectPurged(bot);
  });

  test('the button of which another instance has answered: nothing is done', async () => {
    const bot = await startFilledBot(noAnswer);
    const asked = await question(bot);
    bot.discord.faults = failNext(1, error(400, 40_060), firstAnswers);
    const pressed = press(bot, asked, 'Forget').catch(() => undefined);
    await eventually(() => bot.logger.events(LogLevel.Debug).includes('seen_interaction_answered_elsewhere'));
    expect([purged(bot), await forgotten(bot), bot.logger.events(LogLevel.Error)]).toEqual([[], [], []]);
    await pressed;
  });
});
