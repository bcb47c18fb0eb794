import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { purgeProgress, purgeQuestion } from '../../src/commands/views/purge-question.ts';
import { systemClock } from '../../src/store/clock.ts';
import { buttonsOf, ids, type InteractionResult, type Message } from '../../local/discord/index.ts';
import { call } from '../support/local-discord.ts';
import { startSapphireBot } from '../support/sapphire-bot.ts';
import { forgotten, old, press, question, startFilledBot } from './purge-bot.ts';
import { daysAgo, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

describe('the button below the question of /seen purge', () => {
  test('forgets exactly what was counted when it says “Forget”', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await question(bot), 'Forget');
    const message = await result.waitFor(({ content }) => content.startsWith('✅'));
    expect(message.content).toBe('✅ Forgot 3 ids.');
    expect(buttonsOf(message)).toEqual([]);
    expect(await forgotten(bot)).toEqual(old);
  });

  test('keeps everything when it says “Keep them”', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await question(bot), 'Keep');
    const message = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(message.content).toBe('Nothing was forgotten.');
    expect(buttonsOf(message)).toEqual([]);
    expect(await forgotten(bot)).toEqual([]);
  });

  test('starts one purge when it is pressed twice', async () => {
    const bot = await startFilledBot();
    const purges = vi.spyOn(bot.store, 'purge');
    // Whether somebody owns the application is asked over the network, so the second press arrives meanwhile.
    const asked = await question(bot, { user: ids.owner });
    const [result] = await Promise.all([1, 2].map(() => press(bot, asked, 'Forget', ids.owner)));
    expect((await result?.waitFor(({ content }) => content.startsWith('✅')))?.content).toBe('✅ Forgot 3 ids.');
    expect(purges).toHaveBeenCalledOnce();
  });

  test('works after a restart of the bot', async () => {
    const bot = await startFilledBot();
    const asked = await question(bot);
    await bot.stop();
    const restarted = { ...bot, ...(await startSapphireBot(bot.discord, bot.options)) };
    const result = await press(restarted, asked, 'Forget');
    expect((await result.waitFor(({ content }) => content.startsWith('✅'))).content).toBe('✅ Forgot 3 ids.');
    expect(await forgotten(restarted)).toEqual(old);
  });

  test('replaces the question by the error of a store that has failed meanwhile', async () => {
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
    /** Shows the progress. */
    readonly message: Message;
    readonly result: InteractionResult;
    /** Lets the purge go on. */
    readonly release: () => void;
    /** Tells whether the store was told to stop. */
    readonly isStopped: () => boolean;
  }

  /** Another process has the lock, so the purge waits before its first chunk. */
  async function startPurge(): Promise<Running> {
    const bot = await startSeenBot();
    await bot.store.markSeen(many, daysAgo(20));
    const purge = vi.spyOn(bot.store, 'purge');
    const asked = await question(bot);
    const other = new BetterSqlite3(bot.options.path ?? '');
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const result = await press(bot, asked, 'Forget');
    const message = await result.waitFor(({ content }) => content.startsWith('🧹'));
    const release = (): void => void other.exec('ROLLBACK');
    return { bot, message, result, release, isStopped: () => purge.mock.lastCall?.[0]?.signal?.aborted ?? false };
  }

  const ended = ({ content }: Message): boolean => /^[✅⏹]/u.test(content);

  test('shows its progress and then its result', async () => {
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

  test('can be stopped, and the next one deletes the rest', async () => {
    const { bot, message, result, release, isStopped } = await startPurge();
    const pressed = press(bot, message, 'Stop');
    await expect.poll(isStopped).toBe(true);
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

describe('a question of /seen purge that everybody sees', () => {
  const now = Date.now();
  const asked = { userId: ids.homeAdmin, olderThan: new Date(now - 7 * 86_400_000), count: 3, ttlDays: 30 };

  /** Discord shows the question to its asker only. This one is for the case that it ever does not. */
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

  test.for([ids.owner, ids.member])('cannot be answered by user %s, who did not ask', async (user) => {
    const bot = await startFilledBot();
    const message = await publicQuestion(bot, now);
    const result = await press(bot, message, 'Forget', user);
    expect(await privateAnswer(result)).toBe(`Only <@${ids.homeAdmin}>, who asked, may answer.`);
    expect(bot.discord.messages(ids.general).at(0)?.content).toBe(message.content);
    expect(await forgotten(bot)).toEqual([]);
  });

  test('cannot be answered once it has expired', async () => {
    const bot = await startFilledBot();
    const result = await press(bot, await publicQuestion(bot, now - 301_000), 'Forget');
    const answer = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(answer.content).toContain('This question has expired, and nothing was forgotten.');
    expect(buttonsOf(answer)).toEqual([]);
    expect(await forgotten(bot)).toEqual([]);
  });

  test('says that a purge is no longer running when “Stop” is pressed after a restart', async () => {
    const bot = await startFilledBot();
    const answer = { ...asked, choice: 'yes', expiresAt: new Date(now) } as const;
    const result = await press(bot, await publicMessage(bot, purgeProgress(answer, 1)), 'Stop');
    const ended = await result.waitFor(({ content }) => content.startsWith('⏹️'));
    expect(ended.content).toBe('⏹️ This purge is no longer running. Ask again with `/seen purge` for the rest.');
    expect(buttonsOf(ended)).toEqual([]);
  });

  test('cannot be answered by somebody who is no longer an admin', async () => {
    const bot = await startFilledBot();
    const message = await publicQuestion(bot, now, ids.member);
    const result = await press(bot, message, 'Forget', ids.member);
    const answer = await result.waitFor(({ content }) => !content.startsWith('Forget'));
    expect(answer.content).toMatch(/^Only administrators/);
    expect(await forgotten(bot)).toEqual([]);
  });
});
