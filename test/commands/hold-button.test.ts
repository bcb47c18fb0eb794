import { describe, expect, test } from 'vitest';

import { holdQuestion } from '../../src/commands/views/hold-question.ts';
import type { Hold } from '../../src/store/index.ts';
import { call } from '../support/local-discord.ts';
import { buttonsOf, ids, type InteractionResult, type Message } from '../../local/discord/index.ts';
import { startSeenBot, type SeenBot } from './seen-bot.ts';

interface Held extends SeenBot {
  readonly question: Message;
}

/** A bot that has asked in the channel what to do with two items. */
async function startHoldingBot(asked: Partial<Hold> = {}): Promise<Held> {
  const bot = await startSeenBot({ seen: { command: false } });
  const hold = await bot.store.holds.open('filings', ['a', 'b']);
  const question = holdQuestion({ ...hold, ...asked }, 3);
  const { body } = await call(bot.discord, 'POST', `/channels/${ids.announcements}/messages`, question);
  return { ...bot, question: body as Message };
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

  test('keep to the first decision', async () => {
    const bot = await startHoldingBot();
    await bot.store.holds.decide(1, 'mark', ids.owner);
    const result = await press(bot, 'post', ids.homeAdmin);
    const { content } = await result.waitFor((message) => message.components.length === 0);
    expect(content).toContain(`marked as seen without a post in the next cycle, as <@${ids.owner}> decided`);
  });

  test('say that a batch is no longer held', async () => {
    const bot = await startHoldingBot({ id: 99 });
    expect(await refusal(bot, await press(bot, 'post', ids.homeAdmin))).toBe('This batch is no longer held.');
  });

  test('say that the store has failed', async () => {
    const bot = await startHoldingBot();
    await bot.store.close();
    expect(await refusal(bot, await press(bot, 'mark', ids.homeAdmin))).toMatch(/called on a closed store/);
    expect(bot.logger.events()).toContain('seen_hold_decision_failed');
  });
});
