import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AllFlowsPrecondition, container, Events, LogLevel } from '@sapphire/framework';
import BetterSqlite3 from 'better-sqlite3';
import { MessageFlags } from 'discord.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { purgeProgress, purgeQuestion } from '../../src/commands/views/purge-question.ts';
import { systemClock } from '../../src/store/clock.ts';
import { call } from '../support/local-discord.ts';
import {
  buttonsOf,
  defaultWorld,
  ids,
  type InteractionResult,
  type Message,
  type TeamSeed,
  type World,
} from '../../local/discord/index.ts';
import { startSapphireBot } from '../support/sapphire-bot.ts';
import { daysAgo, privateAnswer, startSeenBot, type Asked, type SeenBot } from './seen-bot.ts';

const team: TeamSeed = {
  id: '1100000000000000900',
  name: 'Filers',
  ownerId: ids.owner,
  members: [
    { userId: ids.member, role: 'developer' },
    { userId: ids.otherAdmin, role: 'admin' },
    { userId: ids.operator, role: 'read_only' },
  ],
};

/** Discord shows a team's application as owned by the team's own user. */
const teamWorld: World = { ...defaultWorld, application: { ...defaultWorld.application, team } };

const old = ['a', 'b', 'c'];
const young = ['d', 'e'];

async function startFilledBot(...options: Parameters<typeof startSeenBot>): Promise<SeenBot> {
  const bot = await startSeenBot(...options);
  await bot.store.markSeen(old, daysAgo(20));
  await bot.store.markSeen(young, daysAgo(1));
  return bot;
}

const purge = (bot: SeenBot, age = '7d', asked: Asked = {}): Promise<InteractionResult> =>
  bot.seen('purge', { user: ids.homeAdmin, ...asked, options: { age } });

async function question(bot: SeenBot): Promise<Message> {
  return (await purge(bot)).reply();
}

/** Presses the button whose label begins so. */
function press({ discord }: SeenBot, message: Message, label: string, user: string = ids.homeAdmin) {
  const button = buttonsOf(message).find((one) => one.label.startsWith(label));
  return discord.press({ user, message, customId: button?.customId ?? 'no such button' });
}

const unseen = ({ store }: SeenBot): Promise<string[]> => store.filterUnseen([...old, ...young]);

describe('who may purge', () => {
  const general = { channelId: ids.general };
  const byConfiguration = { admins: { userIds: [ids.member], roleIds: [ids.operatorRole] } };
  const elsewhere = { admins: { guildId: ids.other, channelId: ids.announcements } };

  test.for<[string, Asked, Parameters<typeof startSeenBot>[0]?]>([
    ['an administrator of the home guild', { user: ids.homeAdmin }],
    ['who owns the home guild', { user: ids.homeOwner }],
    ['who owns the application', { user: ids.owner }],
    ['a developer of the team that owns the application', { user: ids.member }, { world: teamWorld }],
    ['a team’s admin, from another guild', { user: ids.otherAdmin, channelId: ids.otherGeneral }, { world: teamWorld }],
    ['a user whom the configuration names', { user: ids.member }, { seen: byConfiguration }],
    ['a role that the configuration names', { user: ids.operator }, { seen: byConfiguration }],
    ['the configured home guild', { user: ids.otherAdmin, channelId: ids.otherGeneral }, { seen: elsewhere }],
  ])('%s: is asked', async ([, asked, options]) => {
    const bot = await startFilledBot(options);
    const result = await purge(bot, '7d', { ...general, ...asked });
    expect(await privateAnswer(result)).toContain('Forget **3 ids** last seen before <t:');
    const message = await result.reply();
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Forget 3 ids', 'Keep them']);
    expect(await unseen(bot)).toEqual([]);
  });

  test.for<[string, Asked, Parameters<typeof startSeenBot>[0]?]>([
    ['an administrator of another guild, there', { user: ids.otherAdmin, channelId: ids.otherGeneral }],
    ['an administrator of another guild, at home', { user: ids.otherAdmin }],
    ['an ordinary member', { user: ids.member }],
    ['a role that nobody named', { user: ids.operator }],
    ['a team’s member who may only read', { user: ids.operator }, { world: teamWorld }],
    ['an administrator, where no home is known', { user: ids.homeAdmin }, { seen: { admins: {} } }],
    ['an administrator, of a home that is another', { user: ids.homeAdmin }, { seen: elsewhere }],
  ])('%s: is refused', async ([, asked, options]) => {
    const bot = await startFilledBot(options);
    const result = await purge(bot, '7d', { ...general, ...asked });
    expect(await privateAnswer(result)).toMatch(/^Only administrators of the bot’s home server/);
    expect(buttonsOf(await result.reply())).toEqual([]);
    expect(await unseen(bot)).toEqual([]);
  });

  test('the owner still may when the channel of the posts is gone', async () => {
    const bot = await startFilledBot({ seen: { admins: { channelId: '1100000000000000999' } } });
    expect(await privateAnswer(await purge(bot, '7d', { user: ids.owner }))).toContain('Forget **3 ids**');
    expect(await privateAnswer(await purge(bot))).toMatch(/^Only administrators/);
  });
});

describe('the answer', () => {
  test('“yes” forgets exactly what was counted', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await question(bot), 'Forget');
    const message = await result.waitFor(({ content }) => content.startsWith('✅'));
    expect(message.content).toBe('✅ Forgot 3 ids.');
    expect(buttonsOf(message)).toEqual([]);
    expect(await unseen(bot)).toEqual(old);
  });

  test('“no” keeps everything', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await question(bot), 'Keep');
    const message = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(message.content).toBe('Nothing was forgotten.');
    expect(buttonsOf(message)).toEqual([]);
    expect(await unseen(bot)).toEqual([]);
  });

  test('works after a restart of the bot', async () => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    await bot.stop();
    const restarted = { ...bot, ...(await startSapphireBot(bot.discord, bot.options)) };
    const result = await press(restarted, asked, 'Forget');
    expect((await result.waitFor(({ content }) => content.startsWith('✅'))).content).toBe('✅ Forgot 3 ids.');
    expect(await unseen(restarted)).toEqual(old);
  });

  test('a store that fails meanwhile is said in the place of the question', async () => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    await bot.store.close();
    const result = await press(bot, asked, 'Forget');
    const message = await result.waitFor(({ content }) => content.startsWith('⚠️'));
    expect(message.content).toContain('purge was called on a closed store');
    expect(buttonsOf(message)).toEqual([]);
    expect(bot.logger.events()).toContain('seen_purge_failed');
  });
});

describe('a purge that takes long', () => {
  const many = Array.from({ length: 20_000 }, (_, n) => `old-${n}`);

  interface Running {
    readonly bot: SeenBot;
    /** What shows how far it is. */
    readonly message: Message;
    readonly result: InteractionResult;
    /** Lets the purge go on. */
    readonly release: () => void;
  }

  /** Another process has the lock, so the purge waits before its first chunk. */
  async function startPurge(): Promise<Running> {
    const bot = await startSeenBot();
    await bot.store.markSeen(many, daysAgo(20));
    const asked = await question(bot);
    const other = new BetterSqlite3(bot.options.path ?? '');
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const result = await press(bot, asked, 'Forget');
    const message = await result.waitFor(({ content }) => content.startsWith('🧹'));
    return { bot, message, result, release: () => other.exec('ROLLBACK') };
  }

  const ended = ({ content }: Message): boolean => /^[✅⏹]/u.test(content);

  test('shows how far it is, and what became of it', async () => {
    const { sleep } = systemClock;
    const waits = vi.spyOn(systemClock, 'sleep');
    onTestFinished(() => waits.mockRestore());
    const shown = Promise.withResolvers<void>();
    waits.mockImplementation((ms, ...rest) => (ms === 2_000 ? shown.promise : sleep(ms, ...rest)));
    const { message, result, release } = await startPurge();
    expect(message.content).toBe('🧹 Forgetting… **0** of 20,000 ids (0 %)');
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Stop']);
    shown.resolve();
    release();
    const last = await result.waitFor(ended);
    expect(last.content).toBe('✅ Forgot 20,000 ids.');
    expect(buttonsOf(last)).toEqual([]);
  });

  test('can be stopped, and the next one goes on', async () => {
    const { bot, message, result, release } = await startPurge();
    const sent = vi.spyOn(Worker.prototype, 'postMessage');
    onTestFinished(() => sent.mockRestore());
    const pressed = press(bot, message, 'Stop');
    await vi.waitFor(() => expect(sent).toHaveBeenCalledWith({ kind: 'abort', id: expect.any(Number) }));
    release();
    await pressed;
    const { content } = await result.waitFor(ended);
    const left = many.length - (await bot.store.filterUnseen(many)).length;
    expect(content).toMatch(/^⏹️ Stopped: forgot [\d,]+ ids\. Ask again with `\/seen purge` for the rest\.$/);
    expect(content).toContain(`forgot ${(many.length - left).toLocaleString('en')} ids`);
    expect(left).toBeGreaterThan(0);
    const next = await press(bot, await question(bot), 'Forget');
    expect((await next.waitFor(ended)).content).toBe(`✅ Forgot ${left.toLocaleString('en')} ids.`);
  });
});

describe('a question that somebody else sees', () => {
  const now = Date.now();
  const asked = { userId: ids.homeAdmin, olderThan: new Date(now - 7 * 86_400_000), count: 3, ttlDays: 30 };

  /** Discord shows it to its asker only; this is for the case that it once does not. */
  async function publicQuestion(bot: SeenBot, at: number, userId: string = ids.homeAdmin): Promise<Message> {
    return publicMessage(bot, purgeQuestion({ ...asked, userId, now: at }));
  }

  async function publicMessage(
    bot: SeenBot,
    { content, components }: ReturnType<typeof purgeQuestion>,
  ): Promise<Message> {
    const body = { content, components: components.map((row) => row.toJSON()) };
    const { body: message } = await call(bot.discord, 'POST', `/channels/${ids.general}/messages`, body);
    return message as Message;
  }

  test.for([ids.owner, ids.member])('user %s may not answer in place of who asked', async (user) => {
    const bot = await startFilledBot();
    const message = await publicQuestion(bot, now);
    const result = await press(bot, message, 'Forget', user);
    expect(await privateAnswer(result)).toBe(`Only <@${ids.homeAdmin}>, who asked, may answer.`);
    expect(bot.discord.messages(ids.general).at(0)?.content).toBe(message.content);
    expect(await unseen(bot)).toEqual([]);
  });

  test('is no use once it has expired', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await publicQuestion(bot, now - 301_000), 'Forget');
    const answer = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(answer.content).toContain('This question has expired, and nothing was forgotten.');
    expect(buttonsOf(answer)).toEqual([]);
    expect(await unseen(bot)).toEqual([]);
  });

  test('says that a purge which the bot’s end has ended runs no longer', async () => {
    const bot = await startFilledBot();
    const answer = { ...asked, choice: 'yes', expiresAt: new Date(now) } as const;
    const result = await press(bot, await publicMessage(bot, purgeProgress(answer, 1)), 'Stop');
    const ended = await result.waitFor(({ content }) => content.startsWith('⏹️'));
    expect(ended.content).toBe('⏹️ This purge is no longer running. Ask again with `/seen purge` for the rest.');
    expect(buttonsOf(ended)).toEqual([]);
  });

  test('is no use to somebody who may not purge any more', async () => {
    const bot = await startFilledBot();
    const message = await publicQuestion(bot, now, ids.member);
    const result = await press(bot, message, 'Forget', ids.member);
    const answer = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(answer.content).toMatch(/^Only administrators/);
    expect(await unseen(bot)).toEqual([]);
  });
});

describe('is answered', () => {
  test.for(['7', '-7d', 'soon', '', '1e9d', '1d 5x'])('an age like “%s”', async (age) => {
    const bot = await startFilledBot();
    const answer = await privateAnswer(await purge(bot, age));
    expect(answer).toBe(`⚠️ “${age}” is not an age. Write a number and a unit: 7d, 36h, 2w.`);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });

  test('an age that nothing in the store has', async () => {
    const bot = await startFilledBot();
    expect(await privateAnswer(await purge(bot, '25d'))).toBe('Nothing in the store is that old.');
  });

  test('an age below the TTL, with a warning', async () => {
    const bot = await startFilledBot({ seen: { ttlDays: 7 } });
    expect(await privateAnswer(await purge(bot, '12h'))).toContain('would be **posted again**');
  });

  test.for(['stats', 'purge', 'why', 'retry'])('/seen %s while the store fails', async (subcommand) => {
    const bot = await startFilledBot();
    await bot.store.close();
    const given = { stats: {}, purge: { age: '7d' }, why: { item: 'a' }, retry: {} }[subcommand] ?? {};
    const result = await bot.seen(subcommand, { user: ids.homeAdmin, options: given });
    expect(await privateAnswer(result)).toMatch(/^⚠️ \w+ was called on a closed store/);
  });

  test.for([
    ['Not on Sundays.', 'Not on Sundays.'],
    ['', 'You may not use this command here.'],
  ] as const)('a user whom a precondition of the bot’s own denies with “%s”', async ([message, said]) => {
    const bot = await startFilledBot();
    await denyEverything(message);
    expect(await privateAnswer(await purge(bot))).toBe(said);
  });

  test('a denied user by the bot’s own listener, where it has one', async () => {
    const bot = await startFilledBot();
    const answers: Promise<unknown>[] = [];
    bot.client.on(Events.ChatInputCommandDenied, ({ message }, { interaction }) => {
      answers.push(interaction.reply({ content: `Mine: ${message}`, flags: MessageFlags.Ephemeral }));
    });
    await denyEverything('no');
    const waits = vi.spyOn(systemClock, 'sleep');
    onTestFinished(() => waits.mockRestore());
    const result = await purge(bot);
    expect(await privateAnswer(result)).toBe('Mine: no');
    await Promise.all([...answers, ...waits.mock.results.map(({ value }) => value)]);
    await nextTurn();
    expect(result.followUps).toEqual([]);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });

  test('a denied user all the same, where the bot’s own listener only logs', async () => {
    const bot = await startFilledBot();
    const denied: unknown[] = [];
    bot.client.on(Events.ChatInputCommandDenied, (error) => void denied.push(error));
    await denyEverything('no');
    const result = await purge(bot);
    expect(await privateAnswer(result)).toBe('no');
    expect([denied.length, result.followUps]).toEqual([1, []]);
  });
});

/** A precondition of the bot's own, for all of its commands. */
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
