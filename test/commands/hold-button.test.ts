import { LogLevel } from '@sapphire/framework';
import { Events, MessageFlags, type ButtonInteraction } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { holdQuestion } from '../../src/commands/views/hold-question.ts';
import type { Hold } from '../../src/store/index.ts';
import { call } from '../support/local-discord.ts';
import {
  buttonsOf,
  ids,
  type IncomingRequest,
  type InteractionResult,
  type Message,
} from '../../local/discord/index.ts';
import { noAnswer, startSeenBot, type SeenBot, type SeenBotOptions } from './seen-bot.ts';

interface Held extends SeenBot {
  readonly question: Message;
}

/** A bot that has asked in the channel what to do with two items. */
async function startHoldingBot(asked: Partial<Hold> = {}, options: SeenBotOptions = {}): Promise<Held> {
  const bot = await startSeenBot({ seen: { command: false }, ...options });
  const hold = await bot.store.holds.open('filings', ['a', 'b']);
  return { ...bot, question: await post(bot, holdQuestion({ ...hold, ...asked }, 3)) };
}

async function post({ discord }: SeenBot, body: object): Promise<Message> {
  return (await call(discord, 'POST', `/channels/${ids.announcements}/messages`, body)).body as Message;
}

function press({ discord, question }: Held, decision: string, user: string): Promise<InteractionResult> {
  const button = buttonsOf(question).find(({ customId }) => customId.endsWith(decision));
  return discord.press({ user, message: question, customId: button?.customId ?? 'no such button' });
}

/** The reply that only the person who pressed sees. */
async function refusal({ discord }: Held, result: InteractionResult): Promise<string | undefined> {
  await discord.waitUntil('a follow-up', () => result.followUps.length > 0);
  const [message] = result.followUps;
  expect((message?.flags ?? 0) & 64).toBe(64);
  return message?.content;
}

const questionNow = ({ discord }: Held): Message | undefined => discord.messages(ids.announcements)[0];

describe('the buttons of the flood breaker', () => {
  test.for([
    ['mark', 'marked as seen without a post'],
    ['post', 'posted'],
  ] as const)('decide “%s” when an admin presses it', async ([decision, said]) => {
    const bot = await startHoldingBot();
    const result = await press(bot, decision, ids.homeAdmin);
    const { content, components } = await result.waitFor((message) => message.components.length === 0);
    expect(content).toBe(
      `The 2 items of \`filings\` will be ${said} in the next cycle, as <@${ids.homeAdmin}> decided.`,
    );
    expect(components).toEqual([]);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision, decidedBy: ids.homeAdmin });
    expect(bot.logger.events()).toContain('seen_hold_decided');
  });

  test.for([ids.member, ids.otherAdmin])('refuse user %s, and the question stays', async (user) => {
    const bot = await startHoldingBot();
    expect(await refusal(bot, await press(bot, 'post', user))).toMatch(/^Only administrators/);
    expect(questionNow(bot)).toMatchObject({ content: bot.question.content });
    expect(buttonsOf(questionNow(bot) ?? { components: [] })).toHaveLength(2);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });

  test('keep to the first decision, and tell whoever comes second', async () => {
    const bot = await startHoldingBot();
    await bot.store.holds.decide(1, 'mark', ids.owner);
    const result = await press(bot, 'post', ids.homeAdmin);
    const { content } = await result.waitFor((message) => message.components.length === 0);
    expect(content).toContain(`marked as seen without a post in the next cycle, as <@${ids.owner}> decided`);
    expect(await refusal(bot, result)).toBe(`This was decided before. ${content}`);
    expect(bot.logger.events()).not.toContain('seen_hold_decided');
  });

  test('tell one of two admins who press at once that the other was first', async () => {
    const bot = await startHoldingBot();
    const results = await Promise.all([press(bot, 'post', ids.homeAdmin), press(bot, 'mark', ids.homeOwner)]);
    await bot.discord.waitUntil('a follow-up', () => results.some(({ followUps }) => followUps.length > 0));
    const { decision, decidedBy } = (await bot.store.holds.current('filings')) ?? {};
    expect([ids.homeAdmin, ids.homeOwner]).toContain(decidedBy);
    expect(decision).toBe(decidedBy === ids.homeAdmin ? 'post' : 'mark');
    expect(results.flatMap(({ followUps }) => followUps)).toHaveLength(1);
    expect(bot.logger.events().filter((event) => event === 'seen_hold_decided')).toHaveLength(1);
  });

  test('say that a batch is no longer held, or is that of another database', async () => {
    const bot = await startHoldingBot({ name: 'f'.repeat(32) });
    expect(await refusal(bot, await press(bot, 'post', ids.homeAdmin))).toBe(
      'This batch is no longer held, or the database was replaced. `/seen hold` lists what is held now.',
    );
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });

  test.each(['post', 'mark'])('of version 0.1.0 decide nothing, and say what to do: %s', async (decision) => {
    const bot = await startHoldingBot();
    const { content } = bot.question;
    const components = [
      { type: 1, components: [{ type: 2, style: 1, label: 'old', custom_id: `seen:hold:1:${decision}` }] },
    ];
    const held = { ...bot, question: await post(bot, { content, components }) };
    expect(await refusal(held, await press(held, decision, ids.homeAdmin))).toMatch(/older version.*`\/seen hold`/);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });

  test('say that the store has failed', async () => {
    const bot = await startHoldingBot();
    await bot.store.close();
    expect(await refusal(bot, await press(bot, 'mark', ids.homeAdmin))).toMatch(/called on a closed store/);
    expect(bot.logger.events()).toContain('seen_hold_decision_failed');
  });
});

/** A decision that stands whatever becomes of the answer to it. */
async function expectDecided({ store, logger }: Held, decision: string): Promise<void> {
  await expect.poll(() => logger.events()).toContain('seen_hold_decided');
  expect(await store.holds.current('filings')).toMatchObject({ decision, decidedBy: ids.homeAdmin });
  expect(logger.events()).not.toContain('seen_hold_decision_failed');
}

const isCallback = ({ path }: IncomingRequest) => path.endsWith('/callback');
const isOfToken = ({ path }: IncomingRequest) => path.startsWith('/webhooks/');
const outcome = `The 2 items of \`filings\` will be posted in the next cycle, as <@${ids.homeAdmin}> decided.`;

describe('a decision is made, said and logged', () => {
  test('although the message of the question is gone', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) => {
      if (isOfToken(request) && questionNow(bot) !== undefined)
        bot.discord.deleteMessage(ids.announcements, bot.question.id);
      return undefined;
    };
    expect(await refusal(bot, await press(bot, 'post', ids.homeAdmin))).toBe(outcome);
    await expectDecided(bot, 'post');
  });

  test('although the answer to the press was applied with a 500', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) => (isCallback(request) ? { kind: 'applied-then-500' } : undefined);
    await press(bot, 'post', ids.homeAdmin);
    await bot.discord.waitUntil('the outcome', () => questionNow(bot)?.content === outcome);
    await expectDecided(bot, 'post');
  });

  test('although the edit of the question was applied with a 500', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) => (isOfToken(request) ? { kind: 'applied-then-500' } : undefined);
    await press(bot, 'post', ids.homeAdmin);
    await bot.discord.waitUntil('the outcome', () => questionNow(bot)?.content === outcome);
    await expectDecided(bot, 'post');
  });

  test('although the token of the press has run out', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) =>
      isOfToken(request)
        ? { kind: 'status', status: 401, body: { code: 50_027, message: 'Invalid Webhook Token' } }
        : undefined;
    await press(bot, 'post', ids.homeAdmin);
    await bot.discord.waitUntil('the outcome', () => questionNow(bot)?.content === outcome);
    await expectDecided(bot, 'post');
  });

  test('although nobody can be told', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) =>
      request.method !== 'GET' && !isCallback(request) ? { kind: 'status', status: 503 } : undefined;
    await press(bot, 'post', ids.homeAdmin);
    await expect.poll(() => bot.logger.events()).toContain('seen_hold_reply_failed');
    await expectDecided(bot, 'post');
  });

  test.each([
    ['a reply', (interaction: ButtonInteraction) => interaction.deferReply({ flags: MessageFlags.Ephemeral })],
    ['an update', (interaction: ButtonInteraction) => interaction.deferUpdate()],
  ])('although a listener of the bot’s own has deferred %s, and nothing is left thinking', async (_, defer) => {
    const bot = await startHoldingBot();
    const refused: unknown[] = [];
    bot.client.prependListener(Events.InteractionCreate, (interaction) => {
      if (interaction.isButton()) defer(interaction).catch((error: unknown) => refused.push(error));
    });
    const result = await press(bot, 'post', ids.homeAdmin);
    await result.waitFor(({ content }) => content === outcome);
    expect(refused).toEqual([]);
    await bot.discord.waitUntil('the outcome', () => questionNow(bot)?.content === outcome);
    await expectDecided(bot, 'post');
  });

  test.each([
    ['another instance of the bot has answered', 40_060, 'already acknowledged', 'seen_interaction_answered_elsewhere'],
    ['the press is too old', 10_062, 'Unknown interaction', 'seen_interaction_expired'],
  ])('by one instance, and never without a word: nothing is decided where %s', async (_, code, message, event) => {
    const bot = await startHoldingBot({}, noAnswer);
    bot.discord.faults = (request) =>
      isCallback(request) ? { kind: 'status', status: 400, body: { code, message } } : undefined;
    await expect(press(bot, 'post', ids.homeAdmin)).rejects.toThrow('did not respond');
    await expect.poll(() => bot.logger.events(LogLevel.Debug)).toContain(event);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
    expect(questionNow(bot)).toMatchObject({ content: bot.question.content });
    expect(bot.logger.events()).not.toContain('seen_hold_decided');
  });

  test('to nobody who may not decide, although the answer to the press was applied with a 500', async () => {
    const bot = await startHoldingBot();
    bot.discord.faults = (request) => (isCallback(request) ? { kind: 'applied-then-500' } : undefined);
    expect(await refusal(bot, await press(bot, 'post', ids.member))).toMatch(/^Only administrators/);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });
});
